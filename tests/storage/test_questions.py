from storage import jobs, questions
from storage.project import Project


def test_jobs_stand_among_the_views_while_the_database_answers(project: Project) -> None:
    first = jobs.submit(
        project,
        kind="noop",
        function="storage.jobs.noop:run",
        args={},
        title="Nothing at all",
        task="kettles",
    )
    jobs.submit(project, kind="noop", function="storage.jobs.noop:run", args={}, title="Nothing else")
    assert "finished_at" in questions.views(project)["jobs"]
    found = questions.ask(project, "SELECT job_id, status, finished_at FROM jobs", task="kettles")
    assert found.rows == ((first.job_id, "waiting", None),)
    assert questions.ask(project, "SELECT count(*) FROM jobs").rows == ((2,),)

"""What a person does wrong, or meets broken, on the command line: one sentence, exit 2, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from curation import prompts, teachers
from curation.datasets import sharing
from curation.teachers import OpenAITeacher
from storage import jobs
from storage import project as projects
from storage.project import Project
from tests.curation import sample_task
from tests.curation.sample_task import NAME
from tests.eval import frozen
from tests.servers import chat_server, refused
from tests.storage.jobs.test_jobs import worker
from tests.ui.cli.commands import answer

pytestmark = pytest.mark.slow
Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def refusal(project: Project) -> Refused:
    """Runs a command that must end with 2, say what and what next, and leave no file among the tasks."""

    def run(*arguments: str | Path, at: Project = project) -> tuple[str, str]:
        before = files(at)
        said = answer(*arguments, "-p", at.root, status=2)
        assert files(at) == before
        assert said["next_step"].strip()
        assert "Traceback" not in said["error"]
        return said["error"], said["next_step"]

    return run


def files(project: Project) -> set[Path]:
    """Every file of every task, drafts too."""
    return set((project.root / "tasks").rglob("*"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file {path}."),
        (b"\x7fELF\x00\x01\x02\xff\xfe" * 400, "listings.csv is a binary file, not text"),
        (b"price,weight\n3,4\n", "No column is mapped to the input 'title'"),
    ],
    ids=["missing", "binary", "without the column"],
)
def test_a_file_that_cannot_be_imported_is_named(
    project: Project, tmp_path: Path, refusal: Refused, content: bytes | None, said: str
) -> None:
    sample_task.made(project)
    path = tmp_path / "listings.csv"
    if content is not None:
        path.write_bytes(content)
    error, _ = refusal("import", NAME, path)
    assert said.format(path=path) in error


def test_a_teacher_that_refuses_the_key_is_asked_once_and_quoted(project: Project, refusal: Refused) -> None:
    sample_task.made(project)
    sample_task.publish_records(project, [sample_task.record(number) for number in range(12)])
    prompts.create(project, NAME, system="", template="{title}", reason="first", created_by="owner")
    with chat_server(lambda *_: refused(401, "Incorrect API key", "invalid_api_key")) as server:
        teachers.save(
            project, OpenAITeacher(name="big", base_url=server.url, model="teacher-large", key_env="")
        )
        with worker(project):
            error, _ = refusal("label", NAME, "--prompt", "1", "--teacher", "big")
        assert len(server.requests) == 1
    assert "Incorrect API key" in error
    assert "401" in error
    assert [job.status for job in jobs.listing(project)] == ["failed"]


def test_a_base_model_without_a_chat_template_is_refused_before_a_job_is_made(
    project: Project, tmp_path: Path, refusal: Refused
) -> None:
    from tests.eval import tiny_model

    frozen.dataset(project)
    sharing.answer_for(project, NAME, "v0001", "A test.", "owner")
    words = tiny_model.tokenizer()
    words.chat_template = None
    words.save_pretrained(tmp_path / "bare")
    tiny_model.untrained(words).save_pretrained(tmp_path / "bare")
    error, next_step = refusal("train", NAME, "--dataset", "v0001", "--base", str(tmp_path / "bare"))
    assert "no chat template" in error
    assert str(tmp_path / "bare") in error
    assert "plain" in next_step
    assert jobs.listing(project) == []


def test_without_postgresql_the_command_says_how_to_start_it(tmp_path: Path, refusal: Refused) -> None:
    asleep = projects.create(tmp_path / "asleep", "asleep")
    path = tmp_path / "listings.csv"
    path.write_text("title\nA pan\n")
    error, next_step = refusal("import", NAME, path, at=asleep)
    assert "PostgreSQL does not answer" in error
    assert "understudy up" in next_step

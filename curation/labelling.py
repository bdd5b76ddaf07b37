"""Labelling: one teacher's answer, or the reason there is none, for every record that may train.

A job asks for the records that have no output under its prompt and teacher, keeps each answer
as it comes, and publishes them as one `labels` artifact. Stopped by a spent quota, a refused
key or a person, it publishes what was paid for; the next start asks only for the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from curation import corpus, counting, left_out, prompts, tasks, teachers
from curation.corpus import Record
from curation.labelling_parts import Answers, Plan
from curation.prompts import Prompt
from curation.teachers import OpenAITeacher, RecordedTeacher, Teacher
from storage import artifacts, jobs, schemas, views
from storage.artifacts import Manifest
from storage.errors import JobCancelled, NotFound, UserError
from storage.identifiers import new_id, now
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LabelCounts:
    """How far one teacher is under one prompt: rows of the trainable records, and USD spent."""

    prompt_number: int
    teacher: str
    to_label: int
    labelled: int
    failed: int
    price_usd: float | None

    @property
    def missing(self) -> int:
        """Records that have no output yet."""
        return self.to_label - self.labelled


@dataclass(frozen=True)
class TeacherLabel:
    """What a teacher said for a record."""

    label_id: str
    record_id: str
    prompt_number: int
    teacher: str
    model: str
    output: str


def start(project: Project, task: str, prompt_number: int, teacher_name: str, created_by: str) -> Job:
    """Start labelling what has no label yet. Raises NotFound for an unknown task, prompt or teacher."""
    tasks.get(project, task)
    prompt = prompts.get(project, task, prompt_number)
    teacher = teachers.get(project, teacher_name)
    return jobs.submit(
        project,
        kind="label",
        function="curation.labelling:run",
        args={"task": task, "prompt_number": prompt_number, "teacher": teacher_name},
        title=f"Label {task} with {teacher.name} under prompt {prompt.version}",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"label/{task}/{prompt_number}/{teacher_name}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job. Called again after a kill it goes on from the answers it stored."""
    project, task = context.project, str(context.args["task"])
    prompt = prompts.get(project, task, int(context.args["prompt_number"]))
    teacher = teachers.get(project, str(context.args["teacher"]))
    plan = _plan(context, task, prompt, teacher.name)
    if _published(project, task, plan.artifact_id):
        return _outcome(project, task, plan)
    if not plan.record_ids:
        context.progress(0, 0, "every record has its label already")
        return JobOutcome(artifact=None, summary={"labelled": 0, "failed": 0})
    records = corpus.read_pinned(project, task, plan.inputs).by_id
    with Answers(context.folder, plan) as answers:
        work = _Work(context, prompt, teacher, plan, answers)
        todo = [records[record_id] for record_id in answers.remaining(plan)]
        try:
            if isinstance(teacher, RecordedTeacher):
                work.copy_recorded(teacher, todo)
            else:
                work.ask_endpoint(teacher, todo)
        except (JobCancelled, UserError):
            work.publish(complete=False)
            raise
        work.publish(complete=True)
    return _outcome(project, task, plan)


def counts(project: Project, task: str) -> list[LabelCounts]:
    """How far every teacher is under every prompt it was asked under."""
    kinds = {kind: artifacts.listing(project, kind, task) for kind in ("records", "duplicates", "labels")}
    sources = [*kinds["records"], *kinds["duplicates"][-1:], *kinds["labels"]]
    found = counting.counted(
        project, task, "label-counts", _COUNTS, sources, tuple(left_out.standing(project, task))
    )
    return [LabelCounts(**row) for row in found]


_COUNTS = """
WITH asked AS (
    SELECT prompt_version, teacher, l.record_id, bool_or(output IS NOT NULL) AS labelled,
           any_value(t.record_id) IS NOT NULL AS counts, sum(price_usd) AS price_usd
    FROM teacher_labels AS l LEFT JOIN trainable AS t USING (record_id) GROUP BY ALL
)
SELECT prompt_version AS prompt_number, teacher, (SELECT count(*) FROM trainable) AS to_label,
       count(*) FILTER (counts AND labelled) AS labelled, count(*) FILTER (counts AND NOT labelled) AS failed,
       sum(price_usd) AS price_usd
FROM asked GROUP BY ALL ORDER BY ALL
"""


def latest(project: Project, task: str, prompt_number: int | None = None) -> dict[str, TeacherLabel]:
    """The newest output per record, under one prompt or under the highest that has one."""
    found: dict[str, TeacherLabel] = {}
    rows = [row for row in _rows(project, task) if row["output"] is not None]
    for row in sorted(rows, key=lambda row: (row["prompt_version"], row["created_at"])):
        if prompt_number in (None, row["prompt_version"]):
            found[row["record_id"]] = _label(row)
    return found


def of_records(project: Project, task: str, record_ids: Collection[str]) -> dict[str, list[TeacherLabel]]:
    """Every output that these records have, under any prompt and teacher, newest first."""
    found: dict[str, list[TeacherLabel]] = {record_id: [] for record_id in record_ids}
    sql = (
        "SELECT label_id, record_id, prompt_version, teacher, model, output FROM teacher_labels "
        "WHERE output IS NOT NULL AND record_id IN (SELECT unnest(?::VARCHAR[])) "
        "ORDER BY prompt_version DESC, created_at DESC"
    )
    for row in views.rows(project, sql, [sorted(found)], task=task):
        found[row["record_id"]].append(_label(row))
    return found


def of_ids(project: Project, task: str, label_ids: Collection[str]) -> dict[str, TeacherLabel]:
    """Those of these outputs that there are, by label id, without reading the others."""
    sql = (
        "SELECT label_id, record_id, prompt_version, teacher, model, output FROM teacher_labels "
        "WHERE output IS NOT NULL AND label_id IN (SELECT unnest(?::VARCHAR[]))"
    )
    found = views.rows(project, sql, [sorted(label_ids)], task=task)
    return {row["label_id"]: _label(row) for row in found}


def by_id(project: Project, task: str) -> dict[str, TeacherLabel]:
    """Every output there is, by its label id."""
    return {row["label_id"]: _label(row) for row in _rows(project, task) if row["output"] is not None}


@dataclass
class _Work:
    """One attempt of the job: what it works with, and where its rows go."""

    context: JobContext
    prompt: Prompt
    teacher: Teacher
    plan: Plan
    answers: Answers

    def copy_recorded(self, teacher: RecordedTeacher, todo: Sequence[Record]) -> None:
        """Take the labels from the records' extra column."""
        for number, record in enumerate(todo):
            if number % 200 == 0:
                self.tick()
            said = (record.extras.get(teacher.column) or "").strip()
            reason = None if said else f"The file has no {teacher.column!r} for this row."
            told = {"model": f"column {teacher.column}", "parameters": "{}", "error": reason}
            self._keep(record, {**told, "output": said or None})
        self.tick()

    def ask_endpoint(self, teacher: OpenAITeacher, todo: Sequence[Record]) -> None:
        """Ask the endpoint about each record; a failure of one is that row's reason."""
        from curation.asking import ask_many  # openai takes a second to import
        from curation.endpoint import Answer, Endpoint, TeacherFailure

        with Endpoint(teacher) as endpoint:
            parameters = orjson.dumps(endpoint.parameters()).decode()

            def ask(record: Record) -> Answer:
                return endpoint.ask(prompts.render(self.prompt, record.inputs))

            def keep(record: Record, answer: Answer | TeacherFailure) -> None:
                told: dict[str, Any] = {"parameters": parameters}
                if isinstance(answer, TeacherFailure):
                    told |= {"model": teacher.model, "output": None, "error": answer.reason}
                else:
                    price = teacher.price_usd(answer.prompt_tokens, answer.completion_tokens)
                    told |= {**vars(answer), "price_usd": price, "error": None}
                self._keep(record, told)

            ask_many(todo, ask, keep, self.tick, concurrency=teacher.concurrency)
        self.tick()

    def tick(self) -> None:
        """Report the counts, and stop here if a person said so."""
        self.context.check_cancelled()
        done, failed = len(self.answers.rows), self.answers.failed
        message = f"{done - failed} answered" + (f", {failed} without an answer" if failed else "")
        self.context.progress(done, len(self.plan.record_ids), message)

    def _keep(self, record: Record, told: Row) -> None:
        digest = hashlib.sha256(f"{self.plan.artifact_id}/{record.record_id}".encode()).hexdigest()
        identity = {
            "label_id": f"lab_{digest[:20]}",
            "record_id": record.record_id,
            "prompt_version": self.prompt.number,
            "teacher": self.teacher.name,
            "created_at": now().isoformat(),
        }
        self.answers.add({**identity, **told})

    def publish(self, *, complete: bool) -> None:
        """Publish the rows in the plan's order. A job that stops publishes its outputs only."""
        kept = [self.answers.rows[name] for name in self.plan.record_ids if name in self.answers.rows]
        rows = [row for row in kept if complete or row["output"] is not None]
        if not rows:
            Plan.discard(self.context.folder)
            return
        project, task = self.context.project, self.prompt.task
        prices = [row["price_usd"] for row in rows if row.get("price_usd") is not None]
        facts = {
            "prompt_number": self.prompt.number,
            "teacher": self.teacher.model_dump(mode="json"),
            "complete": complete,
            "labelled": sum(1 for row in rows if row["output"] is not None),
            "failed": sum(1 for row in rows if row["output"] is None),
            "price_usd": sum(prices) if prices else None,
            "job_id": self.context.job_id,
        }
        with artifacts.draft(project, "labels", task, self.plan.artifact_id) as draft:
            table = schemas.from_rows([_with_time(row) for row in rows], "labels")
            draft.write_table("labels.parquet", table, "labels")
            draft.publish(inputs=self.plan.inputs, facts=facts)


def _plan(context: JobContext, task: str, prompt: Prompt, teacher: str) -> Plan:
    stands = Plan.load(context.folder)
    if stands is not None:
        manifest = _published(context.project, task, stands.artifact_id)
        if manifest is None or manifest.facts["complete"]:
            return stands
    whole = corpus.read(context.project, task)
    pair = (prompt.number, teacher)
    done = {row["record_id"] for row in _rows(context.project, task) if _pair(row) == pair and _is_label(row)}
    todo = tuple(record.record_id for record in whole.trainable if record.record_id not in done)
    plan = Plan(artifact_id=new_id("lab"), inputs=whole.inputs, record_ids=todo)
    plan.save(context.folder)
    return plan


def _published(project: Project, task: str, artifact_id: str) -> Manifest | None:
    try:
        return artifacts.load(project, "labels", task, artifact_id)
    except NotFound:
        return None


def _outcome(project: Project, task: str, plan: Plan) -> JobOutcome:
    manifest = artifacts.load(project, "labels", task, plan.artifact_id)
    summary = {key: manifest.facts[key] for key in ("labelled", "failed", "price_usd")}
    return JobOutcome(artifact=manifest.reference, summary=summary)


def _rows(project: Project, task: str) -> list[dict[str, Any]]:
    return views.rows(
        project,
        "SELECT label_id, record_id, prompt_version, teacher, model, output, error, price_usd, created_at "
        "FROM teacher_labels",
        task=task,
    )


def _pair(row: Row) -> tuple[int, str]:
    return row["prompt_version"], row["teacher"]


def _is_label(row: Row) -> bool:
    return row["output"] is not None


def _label(row: Row) -> TeacherLabel:
    return TeacherLabel(
        row["label_id"], row["record_id"], row["prompt_version"], row["teacher"], row["model"], row["output"]
    )


def _with_time(row: Row) -> dict[str, Any]:
    return {**row, "created_at": datetime.fromisoformat(row["created_at"])}

"""The job that evaluates: every candidate answers the held-out rows, then all are scored together.

Answers are kept line by line in the job's folder, one file per candidate. Called again after a
kill, the job asks only for what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from curation.labelling_parts import Answers, Plan
from eval import answers, scoring
from eval.answers import Answer, Questions, Sink
from eval.candidates import Candidate, parse_candidates
from eval.scoring import Judged
from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.identifiers import new_id
from storage.jobs import JobContext, JobOutcome

SEED = 0


def run(context: JobContext) -> JobOutcome:
    """Answer, score, publish. Resumes from the answers in the job's folder."""
    task, version = str(context.args["task"]), str(context.args["dataset_version"])
    plan = Plan.load(context.folder)
    if plan is not None:
        stands = _published(context, task, plan.artifact_id)
        if stands is not None:
            return _outcome(stands)
    questions = Questions.of(context.project, task, version)
    chosen = parse_candidates(context.args["candidates"])
    if plan is None:
        ids = tuple(row.record_id for row in questions.rows)
        plan = Plan(artifact_id=new_id("eva"), inputs=(f"datasets/{version}",), record_ids=ids)
        plan.save(context.folder)
    answered = [_answered(context, questions, plan, chosen, place) for place in range(len(chosen))]
    context.progress(len(chosen) * len(questions.rows), len(chosen) * len(questions.rows), "scoring")
    return _outcome(_publish(context, questions, plan, chosen, answered))


def _answered(
    context: JobContext, questions: Questions, plan: Plan, chosen: Sequence[Candidate], place: int
) -> list[Mapping[str, Any]]:
    """The answers of one candidate to all rows, in their order."""
    candidate, rows = chosen[place], questions.rows
    part = Plan(artifact_id=f"candidate-{place:02}", inputs=(), record_ids=plan.record_ids)
    with Answers(context.folder, part) as kept:

        def keep(answer: Answer) -> None:
            kept.add(asdict(answer))

        def tick() -> None:
            context.check_cancelled()
            done = place * len(rows) + len(kept.rows)
            context.progress(done, len(chosen) * len(rows), candidate.title)

        tick()
        missing = set(kept.remaining(part))
        if missing:
            todo = [row for row in rows if row.record_id in missing]
            answers.answer(candidate, questions, todo, Sink(keep, tick))
        return [kept.rows[record_id] for record_id in plan.record_ids]


def _publish(
    context: JobContext,
    questions: Questions,
    plan: Plan,
    chosen: Sequence[Candidate],
    answered: Sequence[Sequence[Mapping[str, Any]]],
) -> Manifest:
    references = [row.completion for row in questions.rows]
    judged = [_judged(one, rows, questions.task.labels) for one, rows in zip(chosen, answered, strict=True)]
    outputs = [
        row
        for one, rows in zip(judged, answered, strict=True)
        for row in scoring.output_rows(one.candidate, rows, one.labels, references)
    ]
    scores = [score for one in judged for score in scoring.scores(one, references, seed=SEED)]
    found = [
        difference
        for one, candidate in zip(judged, chosen, strict=True)
        if candidate.kind == "adapter"
        for difference in scoring.differences(one, judged, references, seed=SEED)
    ]
    facts = {
        "dataset_version": questions.version,
        "rows": len(references),
        "labels": len(questions.task.labels),
        "candidates": [_named(candidate) for candidate in chosen],
        "differences": [asdict(difference) for difference in found],
        "seed": SEED,
        "job_id": context.job_id,
    }
    runs = [f"runs/{candidate.run_id}" for candidate in chosen if candidate.kind == "adapter"]
    with artifacts.draft(context.project, "evaluations", questions.task.name, plan.artifact_id) as draft:
        draft.write_table("outputs.parquet", schemas.from_rows(outputs, "outputs"), "outputs")
        rows = schemas.from_rows([asdict(score) for score in scores], "scores")
        draft.write_table("scores.parquet", rows, "scores")
        return draft.publish(inputs=[*plan.inputs, *runs], facts=facts)


def _judged(candidate: Candidate, rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> Judged:
    return Judged(
        candidate.key,
        [row["output"] for row in rows],
        [scoring.parsed(row["output"], labels) for row in rows],
        [row["latency_s"] for row in rows],
    )


def _named(candidate: Candidate) -> dict[str, object]:
    return {"key": candidate.key, "title": candidate.title, "spec": candidate.model_dump(mode="json")}


def _published(context: JobContext, task: str, artifact_id: str) -> Manifest | None:
    try:
        return artifacts.load(context.project, "evaluations", task, artifact_id)
    except NotFound:
        return None


def _outcome(manifest: Manifest) -> JobOutcome:
    summary = {name: manifest.facts[name] for name in ("dataset_version", "rows")}
    summary["candidates"] = len(manifest.facts["candidates"])
    return JobOutcome(artifact=manifest.reference, summary=summary)

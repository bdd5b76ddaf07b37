"""The job that trains: base model, adapter, artifact. Resumes from the last checkpoint after a kill.

The job's folder holds `events.jsonl` from the first moment on, `checkpoints/` while it learns, and
nothing heavy once the run is published. Torch is loaded inside `run`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from curation import datasets
from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.identifiers import new_id
from storage.jobs import JobContext, JobOutcome
from training import base_models, demo_base, events, runs
from training.config import DEMO_BASE, TrainingConfig
from training.events import EventLog

_PLAN, _TRAINED = "plan.json", "trained.json"


def run(context: JobContext) -> JobOutcome:
    """Train and publish `runs/<id>`; the summary holds what the job's page shows."""
    plan = _plan(context.folder)
    task = str(context.args["task"])
    stands = _published(context, task, plan["run_id"])
    if stands is None:
        stands = _publish(context, plan["run_id"], _trained(context))
    for name in ("checkpoints", "adapter"):
        shutil.rmtree(context.folder / name, ignore_errors=True)
    shown = (
        "dataset_version", "base_model", "steps", "best_step", "validation_loss", "validation_exact_match",
        "seconds", "tokens_per_second", "peak_memory_mb", "device",
    )  # fmt: skip
    summary = {"run_id": stands.artifact_id, **{name: stands.facts[name] for name in shown}}
    return JobOutcome(artifact=stands.reference, summary=summary)


def _trained(context: JobContext) -> dict[str, Any]:
    """Train to the end, or read that it was: the facts of the run."""
    done = context.folder / _TRAINED
    if done.is_file():
        facts: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
        return facts
    from training import trainer  # torch: in the job's own process only

    project, args = context.project, context.args
    task, version = str(args["task"]), str(args["dataset_version"])
    config = TrainingConfig.model_validate(args["config"])
    resumed_at = trainer.resumption_step(context.folder)
    with EventLog(context.folder, resumed_at_step=resumed_at, say=_say) as log:
        if resumed_at is not None:
            log.note(f"Resumed from step {resumed_at} (attempt {context.attempt}).")
        base, base_facts = _base(context, task, config, log)
        assignment = trainer.Assignment(
            config=config,
            base=base,
            train=datasets.rows(project, task, version, "train"),
            validation=datasets.rows(project, task, version, "validation"),
            folder=context.folder,
            device=project.settings.training.device,
        )
        found = trainer.train(assignment, log, context.progress)
        log.note(_ending(found))
    facts = {"dataset_version": version, "base_model": config.base_model, **base_facts, **found}
    _write(done, facts)
    return facts


def _base(
    context: JobContext, task: str, config: TrainingConfig, log: EventLog
) -> tuple[str, dict[str, Any]]:
    """Where the base model lies, the demo's made first if need be; and what the run's facts say of it."""

    def progress(done: int, total: int) -> None:
        context.progress(done, total, "making the demo's base model")

    base = base_models.locate(context.project, task, config.base_model, progress)
    if config.base_model != DEMO_BASE:
        return base, {"base": base, "base_key": "", "base_title": config.base_model}
    made = demo_base.describe(Path(base))
    log.note(
        f"{made['title']}: {made['parameters']:,} parameters, {made['texts']:,} raw texts, "
        f"loss {made['first_loss']:.2f} to {made['last_loss']:.2f} in {made['seconds']:.0f} s."
    )
    return base, {
        "base": base, "base_key": made["key"], "base_title": made["title"], "base_seconds": made["seconds"],
    }  # fmt: skip


def _publish(context: JobContext, run_id: str, facts: Mapping[str, Any]) -> Manifest:
    args = context.args
    task, version = str(args["task"]), str(args["dataset_version"])
    config = TrainingConfig.model_validate(args["config"])
    said = events.read(context.folder / events.FILE_NAME)
    with artifacts.draft(context.project, "runs", task, run_id) as draft:
        draft.write_text(runs.CONFIG_FILE, config.to_yaml())
        table = schemas.from_rows(events.as_columns(said), "run_events")
        draft.write_table(runs.EVENTS_FILE, table, "run_events")
        shutil.copytree(context.folder / "adapter", draft.folder / runs.ADAPTER_FOLDER)
        draft.write_text("README.md", _card(task, run_id, config, facts))
        whole = {
            **facts, "config": config.model_dump(mode="json"), "created_by": str(args.get("created_by", "")),
            "job_id": context.job_id,
        }  # fmt: skip
        return draft.publish(inputs=[f"datasets/{version}"], facts=whole)


def _published(context: JobContext, task: str, run_id: str) -> Manifest | None:
    try:
        return artifacts.load(context.project, "runs", task, run_id)
    except NotFound:
        return None


def _plan(folder: Path) -> dict[str, str]:
    """The id of the run to come, chosen once: a kill after publishing finds it again."""
    path = folder / _PLAN
    if not path.is_file():
        _write(path, {"run_id": new_id("run")})
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _ending(facts: Mapping[str, Any]) -> str:
    kept = f"kept the adapter of step {facts['best_step']} of {facts['steps']}"
    if facts["validation_loss"] is not None:
        kept += (
            f" (validation loss {facts['validation_loss']:.3f}, "
            f"{facts['validation_exact_match']:.1%} of its rows answered exactly)"
        )
    return (
        f"Finished in {facts['seconds']:.0f} s: {kept}; {facts['tokens_per_second']:,.0f} tokens/s, "
        f"{facts['peak_memory_mb']:,} MB at the most."
    )


def _card(task: str, run_id: str, config: TrainingConfig, facts: Mapping[str, Any]) -> str:
    return f"""# Adapter {run_id}

LoRA adapter for task `{task}`, trained on dataset {facts["dataset_version"]} ({facts["train_rows"]:,} rows).
{_ending(facts)}

Base model: {facts["base_title"]} (`{facts["base"]}`). Loaded without this project:

```python
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("adapter")
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained({facts["base"]!r}), "adapter")
```

## Settings

```yaml
{yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)}```
"""


def _write(path: Path, body: Mapping[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(json.dumps(body, allow_nan=False), encoding="utf-8")
    os.replace(draft, path)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the job's own log

"""A job that does nothing, step by step: for trying the queue out, and for its tests."""

from __future__ import annotations

import time

from storage.errors import InvalidInput
from storage.jobs.context import JobContext, JobOutcome


def run(context: JobContext) -> JobOutcome:
    """Take `steps` steps of `step_s` seconds, each written down before the next.

    `fail_at` raises InvalidInput at that step, `break_at` a bug; both are step numbers from 0.
    `deaf_s` seconds pass at first without a look at whether a person stopped the job.
    """
    parts = context.folder / "steps.txt"
    steps = int(context.args["steps"])
    taken = parts.read_text().splitlines() if parts.exists() else []
    time.sleep(float(context.args.get("deaf_s", 0)))
    for step in range(len(taken), steps):
        if step == context.args.get("fail_at"):
            raise InvalidInput(f"Step {step} was told to fail.", next_step="Choose another.")
        if step == context.args.get("break_at"):
            raise RuntimeError(f"step {step} was told to break")
        with parts.open("a") as stream:
            stream.write(f"{step}\n")
        context.progress(step + 1, steps, f"step {step}")
        time.sleep(float(context.args.get("step_s", 0)))
    return JobOutcome(summary={"steps": steps, "attempt": context.attempt})

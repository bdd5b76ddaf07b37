"""How the lines of the audit log read on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {
    "session": "Sign-ins", "review": "Reviews", "vote": "Votes", "import": "Imports", "source": "Sources",
    "duplicates": "Duplicates", "labelling": "Labelling", "prompt": "Prompts", "queue": "Queues",
    "dataset": "Datasets and exports", "training": "Training", "evaluation": "Evaluations",
    "comparison": "Comparisons", "job": "Jobs", "people": "People", "account": "Own accounts",
    "explore": "Looking at data", "contamination": "Contamination", "records": "Records left out",
    "task": "Tasks", "teacher": "Teachers", "argilla": "Moving", "tag": "Error tags", "gold": "Gold records",
    "flag": "Flags", "adjudication": "Adjudications", "project": "Backups", "action": "Refused",
    "erase": "Erasing", "audit": "The log itself",
    "preparing": "Cleaning and redaction", "redaction": "Doubtful values",
}  # fmt: skip

_DEEDS = {
    "session.open": "signed in",
    "session.refuse": "was refused a sign-in",
    "session.close": "signed out",
    "review.send": "reviewed a record of",
    "review.send_same": "reviewed records together in",
    "review.undo": "took back a review in",
    "review.undo_same": "took back reviews given together in",
    "review.refuse_some": "was refused some of the reviews given together in",
    "review.refuse": "was refused a review in",
    "flag.put": "flagged, or took a flag back, in",
    "flag.refuse": "was refused a flag in",
    "flag.resolve": "settled the flags of a record of",
    "adjudication.decide": "settled a record of",
    "vote.cast": "voted in",
    "vote.refuse": "was refused a vote in",
    "import.start": "started an import into",
    "import.run": "imported into",
    "import.fetch": "started to fetch a file for",
    "import.bring": "fetched a file for",
    "source.save": "saved a source of",
    "source.refresh": "started to refresh a source of",
    "source.refresh_now": "refreshed a source of",
    "source.rename": "renamed a source of",
    "source.forget": "forgot a source of",
    "preparing.save": "changed the cleaning and redaction of",
    "redaction.rule": "ruled on a doubtful value of",
    "redaction.undo": "took back a ruling on a doubtful value of",
    "import.delete_raw": "deleted raw rows and rejects of an import into",
    "duplicates.start": "started a search for copies in",
    "duplicates.keep": "chose another copy to keep in",
    "duplicates.apart": "said that records are no copies in",
    "duplicates.together": "said that records are copies in",
    "duplicates.undo": "took back what was said of copies in",
    "explore.start": "looked at the data of",
    "explore.flag": "flagged labels that look wrong in",
    "contamination.start": "held a file against",
    "records.leave_out": "left records out of",
    "records.take_back": "took records back into",
    "labelling.start": "started labelling",
    "prompt.create": "wrote the prompt",
    "queue.start": "started filling the queue of",
    "queue.open": "opened the queue",
    "queue.set": "changed how records are handed out in",
    "gold.mark": "marked a gold record in",
    "gold.unmark": "took back a gold record in",
    "dataset.define": "changed what datasets are built from in",
    "dataset.freeze": "froze",
    "dataset.name": "gave a name to",
    "dataset.unname": "took a name away in",
    "dataset.check": "started looking for leaks in",
    "dataset.measure": "started measuring what more labels would add to",
    "erase.find": "looked for records to erase in",
    "erase.start": "started the erasure",
    "erase.scan": "looked for texts that are left in",
    "dataset.export": "exported",
    "dataset.push": "pushed to the Hub",
    "dataset.start_push": "started to push to the Hub",
    "dataset.state_licence": "stated the licence of",
    "dataset.answer_for": "answered for rows that may not leave of",
    "dataset.withdraw": "took back what was answered for rows of",
    "training.start": "started training on",
    "evaluation.start": "started an evaluation on",
    "comparison.open": "opened the comparison",
    "job.cancel": "stopped the job",
    "job.resume": "took up the job",
    "people.invite": "invited",
    "people.set_role": "changed the role of",
    "people.set_workspaces": "changed the workspaces of",
    "people.reset_password": "reset the password of",
    "people.replace_key": "replaced the API key of",
    "people.deactivate": "deactivated",
    "people.reactivate": "brought back",
    "account.change_password": "changed their own password",
    "account.sign_out_everywhere": "ended all their sessions",
    "task.create": "made the task",
    "task.change": "changed the task",
    "teacher.save": "saved the teacher",
    "tag.add": "added an error tag to",
    "tag.reword": "reworded an error tag of",
    "tag.merge": "merged two error tags of",
    "tag.retire": "retired an error tag of",
    "tag.restore": "brought back an error tag of",
    "tag.rule": "set the rules for error tags of",
    "argilla.export": "exported queues and accounts of",
    "argilla.import": "imported queues and accounts into",
    "project.backup": "made a backup into",
    "project.restore": "restored the backup",
    "project.seal": "sealed older artifacts of",
    "action.refuse": "was not allowed to do",
    "audit.check": "checked the log",
    "audit.anchor_missing": "found its anchor missing at",
    "audit.lines_missing": "found missing",
    "audit.altered": "found altered",
}
_ONESELF = ("account.", "session.")


def deed(action: str, subject: str) -> str:
    """What was done, after the name of who did it: `froze triage/v0002`."""
    words = _DEEDS.get(action, action)
    return words if action.startswith(_ONESELF) else f"{words} {subject}".strip()


def facts(given: Mapping[str, Any]) -> str:
    """What else is said of it: `rows 1,980 · sha256 9f3a…`."""
    return " · ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in given.items() if value)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 and " " not in text else text

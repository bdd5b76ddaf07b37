"""Who may do what: every action against every role, and no way around the actions."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ui
from storage import audit
from storage.errors import NotAllowed, UserError
from storage.project import Project
from tests.ui.people import somebody
from ui.actions import every_action
from ui.sign_in import Person

EVERYBODY, ADMINS = {"annotator", "admin", "owner"}, {"admin", "owner"}
ROLES = ("annotator", "admin", "owner", "guest")

TABLE = {
    "account.change_password": EVERYBODY,
    "account.sign_out_everywhere": EVERYBODY,
    "argilla.export": ADMINS,
    "argilla.import": ADMINS,
    "adjudication.decide": ADMINS,
    "audit.check": ADMINS,
    "audit.read": ADMINS,
    "comparison.open": EVERYBODY,
    "dataset.check": ADMINS,
    "dataset.define": ADMINS,
    "contamination.start": ADMINS,
    "dataset.export": ADMINS,
    "dataset.freeze": ADMINS,
    "dataset.measure": ADMINS,
    "dataset.name": ADMINS,
    "dataset.unname": ADMINS,
    "dataset.answer_for": ADMINS,
    "dataset.push": ADMINS,
    "dataset.start_push": ADMINS,
    "dataset.state_licence": ADMINS,
    "dataset.withdraw": ADMINS,
    "duplicates.apart": ADMINS,
    "duplicates.keep": ADMINS,
    "duplicates.start": ADMINS,
    "duplicates.together": ADMINS,
    "duplicates.undo": ADMINS,
    "erase.find": ADMINS,
    "erase.scan": ADMINS,
    "erase.start": ADMINS,
    "evaluation.start": ADMINS,
    "explore.flag": ADMINS,
    "explore.start": ADMINS,
    "flag.put": EVERYBODY,
    "flag.resolve": ADMINS,
    "gold.mark": ADMINS,
    "gold.unmark": ADMINS,
    "import.bring": ADMINS,
    "import.delete_raw": ADMINS,
    "import.discard": ADMINS,
    "import.fetch": ADMINS,
    "import.read_rejects": ADMINS,
    "import.run": ADMINS,
    "import.start": ADMINS,
    "job.cancel": ADMINS,
    "job.resume": ADMINS,
    "labelling.start": ADMINS,
    "people.deactivate": ADMINS,
    "people.invite": ADMINS,
    "people.list": ADMINS,
    "people.reactivate": ADMINS,
    "people.replace_key": ADMINS,
    "people.reset_password": ADMINS,
    "people.set_role": ADMINS,
    "people.set_workspaces": ADMINS,
    "preparing.done": ADMINS,
    "preparing.preview": ADMINS,
    "preparing.save": ADMINS,
    "preparing.try": ADMINS,
    "project.backup": ADMINS,
    "project.seal": ADMINS,
    "prompt.create": ADMINS,
    "queue.open": ADMINS,
    "queue.set": ADMINS,
    "queue.start": ADMINS,
    "redaction.contexts": ADMINS,
    "redaction.rule": ADMINS,
    "redaction.undo": ADMINS,
    "redaction.waiting": ADMINS,
    "records.leave_out": ADMINS,
    "records.take_back": ADMINS,
    "review.send": EVERYBODY,
    "review.send_same": EVERYBODY,
    "review.undo": EVERYBODY,
    "review.undo_same": EVERYBODY,
    "source.forget": ADMINS,
    "source.refresh": ADMINS,
    "source.refresh_now": ADMINS,
    "source.rename": ADMINS,
    "source.save": ADMINS,
    "tag.add": ADMINS,
    "tag.merge": ADMINS,
    "tag.restore": ADMINS,
    "tag.retire": ADMINS,
    "tag.reword": ADMINS,
    "tag.rule": ADMINS,
    "task.change": ADMINS,
    "task.create": ADMINS,
    "teacher.save": ADMINS,
    "training.start": ADMINS,
    "vote.cast": EVERYBODY,
}

READS = {
    # what pages, routes and commands may call without an action: it changes nothing and leaves no file
    "curation.adjudication": {"accuracies", "conflicts"},
    "curation.agreement": {"agreements", "human_baseline", "suggestion_pull"},
    "curation.context": {"of"},
    "curation.corpus": {"first_trainable"},
    "curation.datasets": {"Definition", "get", "lineage", "listing", "preview", "suffix"},
    "curation.datasets.differences.diff_rows": {"changes"},
    "curation.datasets.differences.diffing": {"compare"},  # what it keeps is a cache
    "curation.datasets.leakage.report": {"as_json", "newest", "texts"},
    "curation.datasets.differences.making": {"described"},
    "curation.datasets.more_labels": {"newest", "possible"},
    "curation.datasets.names": {"by_version", "history", "listing", "resolve"},
    "curation.datasets.tracing": {"find", "forward", "uses"},
    "curation.datasets.definition.files": {"read", "to_yaml"},
    "curation.datasets.definition.storing": {"checked", "get", "import_names", "listing"},
    "curation.datasets.definition.words": {"summary"},
    "curation.exploring.slicing": {"extra_columns"},
    "curation.student_prompts": {"Variation"},
    "curation.datasets.exports.exporting": {"rows"},
    "curation.datasets.exports.provider_checks": {"checks"},
    "curation.datasets.sharing": {"card", "history", "standing"},
    "curation.datasets.sharing.hub": {"has_token", "token_env"},
    "curation.duplicates": {"cluster", "clusters", "standing", "summary"},
    "curation.erasing": {"listing", "report"},
    "curation.gold.drift": {"drift"},
    "curation.gold.known": {"marked"},
    "curation.imports": {"limits_of", "listing", "preview"},
    "curation.contamination": {"listing", "newest", "pairs", "preview_columns", "record_ids"},
    "curation.exploring": {
        "against_reference",
        "nearest",
        "nearest_to_text",
        "newest_curve",
        "newest_data",
        "newest_label_errors",
    },
    "curation.exploring.records": {"count", "inputs_of"},
    "curation.exploring.reference": {"parse", "read"},
    "curation.flags": {"flagged_by", "open_flags"},
    "curation.labelling": {"counts"},
    "curation.left_out": {"standing"},
    "curation.overview": {"read"},
    "curation.cleaning": {"parsed"},
    "curation.preparing": {"of"},
    "curation.preparing.findings": {"found_by_kind"},
    "curation.preparing.uncertain": {"still_held", "waiting_by_kind"},  # counts, without a word of any text
    "curation.preparing.uncertain_rulings": {"standing"},
    "curation.prompts": {"listing", "render"},
    "curation.redaction": {"installed_model", "matches", "standings", "words_of"},
    "curation.redaction.written": {"parsed", "recogniser", "regions"},
    "curation.ordering": {"changed", "of", "retargeted", "target_lines"},
    "curation.outputs": {"find_labels", "form_of"},
    "curation.queues": {"get", "listing", "queue_name", "task_of"},
    "curation.reviewing_progress": {"progress"},
    "curation.reviews": {
        "chosen_order",
        "next_cards",
        "progress",
        "grid",
        "Asked",
        "Decision",
        "Together",
        "hold",  # a lease is no judgement
    },
    "curation.sample.preset_samples": {"sample"},
    "curation.sample.product_categories": {"task", "mapping", "write"},
    "curation.reviews.scripted": {"review"},  # the demo's programs, which are no people
    "curation.sources": {"at_hand", "choices", "find", "get", "listing", "located", "proposed"},
    "curation.tasks": {"from_file", "get", "listing", "preset", "Task"},
    "curation.teachers": {"get", "listing", "parse", "RecordedTeacher"},
    "eval.differences": {"differences", "sides"},
    "eval.comparisons": {"counts", "listing", "pairs", "tally", "votes"},
    "eval.evaluations": {"listing", "table"},
    "eval.proposals": {"default_candidates"},
    "storage.argilla_client": {"check", "connect"},
    "storage.argilla_client.keys": {"replaceable"},
    "storage.artifacts": {"code_version", "listing", "verify"},
    "storage.audit": {"Filters", "actors"},
    "storage.database": {"engine"},
    "storage.jobs": {"get", "listing", "log_tail", "wait", "folder"},
    "storage.keeping": {"verify"},
    "storage.keeping.backups": {"Elsewhere", "restore"},  # a new project, of which nobody is a member yet
    "storage.moving": {"handed_over"},  # of passwords that an action made and the command has shown
    "storage.people": {"workspaces"},
    "storage.questions": set(),
    "training.config": {"defaults_for", "parse_config", "read_config"},
    "training.runs": {"events", "listing"},
}


def test_the_table_has_every_action_and_no_other() -> None:
    assert sorted(every_action()) == sorted(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_exactly_what_the_table_says(project: Project, role: str) -> None:
    by = Person("u1", "ann", role, "no token")
    assert {name for name in TABLE if may(project, by, name)} == {
        name for name, roles in TABLE.items() if role in roles
    }
    refused = audit.listing(project, audit.Filters(kind="action.refuse"))
    assert {line.subject for line in refused} == {name for name, roles in TABLE.items() if role not in roles}
    assert {line.actor for line in refused} <= {"ann"}


def may(project: Project, by: Person, name: str) -> bool:
    """Whether the action lets this person past its gate, to arguments of nothing and no Argilla."""
    run = every_action()[name].run
    try:
        run(project, by, **nothing(run))
    except NotAllowed as refused:
        return "and may not" not in refused.what
    except (UserError, TypeError, AttributeError, ValueError):
        return True
    return True


def nothing(run: Any) -> dict[str, Any]:
    """An argument of nothing for each that the action needs."""
    names = list(inspect.signature(run).parameters.values())[2:]
    return {each.name: None for each in names if each.default is inspect.Parameter.empty}


@pytest.mark.argilla
def test_an_ended_session_may_do_nothing(house: Project) -> None:
    """Pages and routes take the person from the cookie at each action: see `ui.resources.person`."""
    from ui import resources, sign_in

    ann = somebody(house, "owner", "ann")
    sign_in.leave(house, ann.cookie)
    resources.project.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resources, "session_cookie", lambda: ann.cookie)
        with pytest.raises(NotAllowed, match="You are signed out"):
            resources.person()
    resources.project.clear()


# The source: nothing outside ui/actions calls what changes something


DOMAIN = ("curation", "training", "eval", "storage")
FREE = ("storage.errors", "storage.project", "storage.services", "storage.identifiers", "storage.exports",
        "storage.views", "storage.questions", "storage.settings", "curation.datasets.card")  # fmt: skip
OUTSIDE = [
    path
    for folder in ("views", "routes", "components", "cli")
    for path in sorted((Path(ui.__file__).parent / folder).rglob("*.py"))
] + sorted(Path(ui.__file__).parent.glob("*.py"))


def modules_named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names in a file that stand for a module or a function of the domain: (name, what it stands for)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in DOMAIN:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def called(path: Path) -> Iterator[tuple[str, str]]:
    """(module, function) of the domain that a file calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = dict(modules_named(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            target = named.get(node.func.value.id, "")
            if target and is_module(target):
                yield target, node.func.attr
        elif isinstance(node.func, ast.Name):
            target = named.get(node.func.id, "")
            if target and not is_module(target):
                module, _, function = target.rpartition(".")
                if not inspect.isclass(getattr(importlib.import_module(module), function, None)):
                    yield module, function


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_acts_is_called_through_the_actions_alone(path: Path) -> None:
    around = {
        f"{module}.{function}"
        for module, function in called(path)
        if not module.startswith(FREE) and function not in READS.get(module, set())
    }
    assert not around, f"{path.name} calls {sorted(around)}: go through ui.actions, or add it to READS"


@pytest.mark.parametrize(
    "way",
    [
        "from curation import tasks\ntasks.update(1)",
        "from curation import datasets as d\ndef page():\n    d.freeze()",
        "from curation.datasets import freeze\nfreeze()",
        "def f():\n    from storage import people\n    people.deactivate()",
        "from storage.people import deactivate as gone\ngone()",
    ],
)
def test_a_way_around_the_actions_would_be_found(tmp_path: Path, way: str) -> None:
    page = tmp_path / "page.py"
    page.write_text(way)
    with pytest.raises(AssertionError, match="go through"):
        test_what_acts_is_called_through_the_actions_alone(page)

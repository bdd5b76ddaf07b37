"""Tasks from files and presets."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from curation import outputs, tasks
from storage.errors import InvalidInput
from storage.project import Project

TOML = """
name = "claims"
title = "Claims"
kind = "extraction"
input_columns = ["document"]
tags_required = true

[output_schema]
type = "object"
required = ["amount"]

[[error_tags]]
code = "missing"
name = "Field missing"

[[rules]]
tag = "missing"
name = "missing_field"

[[ratings]]
code = "clear"
name = "Clear"
"""


def test_a_task_is_read_from_toml_and_the_same_from_json(tmp_path: Path) -> None:
    (tmp_path / "task.toml").write_text(TOML)
    read = tasks.from_file(tmp_path / "task.toml")
    assert (read.kind, read.rules[0].name, read.ratings[0].code) == ("extraction", "missing_field", "clear")
    assert read.output_schema == {"type": "object", "required": ["amount"]}
    (tmp_path / "task.json").write_bytes(orjson.dumps(read.model_dump(mode="json", exclude={"revision"})))
    assert tasks.from_file(tmp_path / "task.json") == read


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.toml", "name = ", "t.toml cannot be read"),
        ("t.json", "[1]", "holds no task"),
        ("t.json", '{"name": "a", "title": "A"}', "gives no input_columns"),
        ("t.json", '{"name": "a", "title": "A", "input_columns": ["x"], "revision": 3}', "gives a revision"),
        ("t.json", '{"name": "a", "title": "A", "input_columns": ["x"], "colour": 3}', "colour"),
    ],
)
def test_a_file_of_no_use_is_refused_with_its_fault(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput, match=said):
        tasks.from_file(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        tasks.from_file(tmp_path / "none.toml")


def test_every_published_case_is_a_preset_that_can_be_stored(project: Project) -> None:
    forms = {}
    for preset in tasks.PRESETS.values():
        assert tasks.create(project, preset).model_copy(update={"revision": 0}) == preset
        assert tasks.get(project, preset.name).error_tags == preset.error_tags
        forms[preset.name] = outputs.form_of(preset).type
    assert forms == {
        "news-titles": "text", "product-taxonomy": "label", "patient-intake": "chat",
        "claims-extraction": "json", "patient-triage": "label",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="no preset 'poems'"):
        tasks.preset("poems")


def test_the_task_that_the_docs_show_can_be_made(tmp_path: Path) -> None:
    docs = os.environ.get("UNDERSTUDY_DOCS_DIR") or Path(__file__).parents[3] / "docs"
    shown = (Path(docs) / "tasks.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "task.toml").write_text(shown)
    read = tasks.from_file(tmp_path / "task.toml")
    assert (read.tags_required, read.error_tags[0].group) == (True, "Fields")

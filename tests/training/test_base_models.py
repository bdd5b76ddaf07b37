from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from storage.errors import InvalidInput, MissingDependency
from storage.project import Project
from tests.curation import sample_task
from training import base_models
from training.config import DEMO_BASE


def test_the_demo_base_and_a_whole_folder_are_accepted(base: Path) -> None:
    base_models.check(DEMO_BASE)
    base_models.check(str(base))
    assert base_models.local_folder(str(base)) == base.resolve()


@pytest.mark.parametrize("name", ["/nowhere/model", "./models/mine", "a/b/c", "two words", "~/gone"])
def test_a_path_that_is_not_there_is_said_to_be_missing(name: str) -> None:
    with pytest.raises(InvalidInput, match="no base model at") as caught:
        base_models.check(name)
    assert DEMO_BASE in caught.value.next_step


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"config\.json"):
        base_models.check(str(tmp_path))


def test_a_model_without_a_chat_template_is_refused_unless_one_is_chosen(base: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(base, bare)
    (bare / "chat_template.jinja").unlink(missing_ok=True)
    settings = json.loads((bare / "tokenizer_config.json").read_text())
    settings.pop("chat_template", None)
    (bare / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(InvalidInput, match="no chat template"):
        base_models.check(str(bare))
    base_models.check(str(bare), "plain")


def test_a_hub_name_without_hub_or_cache_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingDependency, match=r"someone/some-model.*not in the local cache") as caught:
        base_models.check("someone/some-model")
    assert "copy its folder" in caught.value.next_step


def test_the_demo_base_never_sees_a_held_out_record_or_a_copy_of_one(project: Project) -> None:
    sample_task.made(project)
    held = {2, 5}
    sample_task.publish_records(
        project, [sample_task.record(number, held_out=number in held) for number in range(10)]
    )
    sample_task.publish_duplicates(
        project, [["rec_0005", "rec_0006"], ["rec_0007", "rec_0008"]], held_out=frozenset({"rec_0005"})
    )
    texts, labels = base_models.demo_texts(project, sample_task.NAME)
    seen = {int(text.split("no. ")[1].split("\n")[0]) for text in texts}
    assert seen == {0, 1, 3, 4, 7, 9}
    assert labels == sample_task.LABELS

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from storage.artifacts import sha256_of
from storage.errors import InvalidInput, JobCancelled
from tests.training import small
from training import adapters, demo_base
from training.demo_base import Recipe

TEXTS = [row.prompt for row in small.rows(0, 60)]


def test_the_issue_s_recipe_is_the_default() -> None:
    recipe = Recipe()
    assert (recipe.vocabulary, recipe.hidden, recipe.layers, recipe.initializer_range) == (4096, 128, 2, 0.08)


def test_its_loss_falls_and_it_says_what_it_is(tmp_path: Path) -> None:
    recipe = replace(small.RECIPE, steps=60)
    made = demo_base.build(tmp_path, TEXTS, small.LABELS, recipe=recipe)
    facts = demo_base.describe(made)
    assert facts["last_loss"] < 0.6 * facts["first_loss"]
    readme = (made / "README.md").read_text()
    assert "Understudy demo base, 1M, trained on the spot" in readme
    assert f"{facts['parameters']:,} parameters" in readme
    assert f"{len(set(TEXTS))} raw" in readme
    model = adapters.load(made, device="cpu").model
    assert model.num_parameters() == facts["parameters"]
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight


def test_the_same_texts_make_it_once_in_any_order(tmp_path: Path) -> None:
    made = demo_base.build(tmp_path, TEXTS, small.LABELS, recipe=small.RECIPE)
    before = (made / demo_base.MARKER).stat().st_mtime_ns

    def never(done: int, total: int) -> None:
        raise AssertionError("it trained again")

    again = demo_base.build(tmp_path, TEXTS[::-1], small.LABELS[::-1], recipe=small.RECIPE, progress=never)
    assert again == made
    assert (made / demo_base.MARKER).stat().st_mtime_ns == before


def test_made_again_it_has_the_same_weights(tmp_path: Path) -> None:
    torch.manual_seed(1)
    first = demo_base.build(tmp_path / "a", TEXTS, recipe=small.RECIPE)
    torch.manual_seed(2)
    second = demo_base.build(tmp_path / "b", TEXTS[::-1], recipe=small.RECIPE)
    assert first.name == second.name
    assert sha256_of(first / "model.safetensors") == sha256_of(second / "model.safetensors")
    assert sha256_of(first / "tokenizer.json") == sha256_of(second / "tokenizer.json")


def test_other_texts_labels_or_settings_make_another(tmp_path: Path) -> None:
    keys = {
        demo_base.key(TEXTS, small.LABELS),
        demo_base.key(TEXTS[:-1], small.LABELS),
        demo_base.key(TEXTS, small.LABELS[:-1]),
        demo_base.key(TEXTS, small.LABELS, Recipe(seed=1)),
    }
    assert len(keys) == 4


def test_stopped_on_the_way_it_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise JobCancelled("stopped")

    with pytest.raises(JobCancelled):
        demo_base.build(tmp_path, TEXTS, recipe=small.RECIPE, progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert demo_base.built(tmp_path, demo_base.key(TEXTS, (), small.RECIPE)) is None


def test_a_folder_without_its_last_file_does_not_count_and_is_made_again(tmp_path: Path) -> None:
    made = demo_base.build(tmp_path, TEXTS, recipe=small.RECIPE)
    (made / demo_base.MARKER).unlink()
    (made / "model.safetensors").write_bytes(b"torn")
    again = demo_base.build(tmp_path, TEXTS, recipe=small.RECIPE)
    assert json.loads((again / demo_base.MARKER).read_text())["texts"] == len(set(TEXTS))
    adapters.load(again, device="cpu")


@pytest.mark.parametrize("texts", [[], ["", "  "]])
def test_no_text_is_refused_with_the_next_step(tmp_path: Path, texts: list[str]) -> None:
    with pytest.raises(InvalidInput, match="no text") as caught:
        demo_base.build(tmp_path, texts)
    assert caught.value.next_step


def test_a_single_short_text_is_enough(tmp_path: Path) -> None:
    adapters.load(demo_base.build(tmp_path, ["pan"], recipe=replace(small.RECIPE, steps=2)), device="cpu")

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import InvalidInput
from training.config import DEMO_BASE, defaults_for, parse_config, read_config, stored_config


def test_a_real_model_gets_a_low_rate_and_lora_alone() -> None:
    config = defaults_for("Qwen/Qwen3-0.6B")
    assert config.learning_rate == 2e-4
    assert config.target_modules == "all-linear"
    assert config.modules_to_save == ()


def test_the_demo_base_learns_its_tied_embeddings_at_a_high_rate() -> None:
    config = defaults_for(DEMO_BASE)
    assert config.learning_rate == 5e-3
    assert config.modules_to_save == ("embed_tokens",)
    assert config.ensure_weight_tying


def test_what_is_not_said_takes_the_defaults_of_the_base_model() -> None:
    config = parse_config({"base_model": DEMO_BASE, "epochs": 1})
    assert config == defaults_for(DEMO_BASE).model_copy(update={"epochs": 1.0})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "No base model was named."),
        ({"base_model": "  "}, "No base model was named."),
        ({"base_model": "x", "learning_rate": -1}, r"learning_rate.*seen: -1"),
        ({"base_model": "x", "lora_rank": 8}, r"lora_rank"),
        ({"base_model": "x", "ensure_weight_tying": True}, "modules_to_save"),
    ],
)
def test_a_wrong_setting_is_named_with_the_value_seen(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        parse_config(given)
    assert caught.value.next_step


def test_a_config_written_down_reads_back_the_same(tmp_path: Path) -> None:
    config = defaults_for(DEMO_BASE).model_copy(update={"target_modules": ("q_proj", "v_proj"), "seed": 3})
    path = tmp_path / "config.yaml"
    path.write_text(config.to_yaml())
    assert read_config(path) == config


def test_a_run_of_a_newer_release_is_read_without_what_only_that_release_knows() -> None:
    config = defaults_for(DEMO_BASE)
    assert stored_config(config.to_yaml() + "quantum_rank: 12\n") == config


@pytest.mark.parametrize("text", ["base_model: [", "just words", "- a\n- b"])
def test_a_file_that_is_no_config_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=r"config\.yaml"):
        read_config(path)


def test_a_config_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.yaml"):
        read_config(tmp_path / "gone.yaml")

"""The simple baselines: what they answer, and what they learn from."""

import pytest

from eval.baselines import input_text, majority, tfidf


def test_the_majority_is_the_most_frequent_label_and_ties_go_by_alphabet() -> None:
    assert majority(["b", "a", "b"]) == "b"
    assert majority(["b", "a"]) == "a"
    with pytest.raises(ValueError, match="at least one"):
        majority([])


def test_tfidf_learns_words_that_tell_classes_apart() -> None:
    texts = ["steel frying pan", "cast iron pan", "wireless headphones", "noise cancelling headphones"] * 5
    predict = tfidf(texts, ["pan", "pan", "audio", "audio"] * 5)
    assert predict(["blue headphones", "copper pan"]) == ["audio", "pan"]
    assert predict([]) == []


def test_tfidf_with_one_class_answers_that_class() -> None:
    assert tfidf(["one", "two"], ["only", "only"])(["three", "four"]) == ["only", "only"]


def test_an_input_text_holds_every_column_in_a_fixed_order() -> None:
    assert input_text({"title": "Pan", "brand": "", "about": "steel"}) == "steel\nPan"

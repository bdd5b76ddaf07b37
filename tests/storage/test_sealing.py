"""A sealed text shows every change of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import sealing

Values = st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.lists(st.text()), min_size=1)


def written(body: dict[str, object]) -> str:
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


@given(Values.filter(lambda body: sealing.KEY not in body))
def test_what_is_sealed_is_json_of_the_same_things_and_reads_as_sealed(body: dict[str, object]) -> None:
    whole = sealing.sealed(written(body))
    assert sealing.state(whole) == "sealed"
    found = json.loads(whole)
    assert len(found.pop(sealing.KEY)) == 64
    assert found == body


@given(st.data())
def test_every_flipped_bit_and_every_cut_breaks_it(data: st.DataObject) -> None:
    whole = sealing.sealed(written({"kind": "records", "files": ["a", "b"], "rows": 3}))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    assert sealing.state(bytes(changed)) != "sealed"
    assert sealing.state(whole[: bit // 8]) != "sealed"
    assert sealing.state(whole + b" ") != "sealed"


def test_text_without_a_seal_is_told_apart_from_a_broken_one() -> None:
    assert sealing.state(written({"kind": "records"}).encode()) == "unsealed"
    assert sealing.state(sealing.sealed(written({"kind": "records"})).replace(b"rec", b"Rec")) == "broken"


@pytest.mark.parametrize("text", ["{}\n", "", "[1]\n", '{"a": 1}'])
def test_only_an_object_with_something_in_it_can_be_sealed(text: str) -> None:
    with pytest.raises(ValueError, match="only an indented JSON object"):
        sealing.sealed(text)

"""Which records stand already, of a million, in few bytes."""

from __future__ import annotations

import hashlib
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports import known_ids as ids
from curation.imports.known_ids import ID_BYTES, KnownIds, _digests, known_ids
from curation.imports.records import digest_of, record_id
from storage.identifiers import content_hash
from storage.project import Project
from tests.curation import sample_task

DIGESTS = st.lists(st.binary(min_size=ID_BYTES, max_size=ID_BYTES), max_size=40)


def digest(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()[:ID_BYTES]


def standing(before: list[bytes]) -> KnownIds:
    return KnownIds(np.sort(np.array(before, f"S{ID_BYTES}")))


@settings(deadline=None)
@given(DIGESTS, st.lists(DIGESTS, max_size=4), st.sampled_from([1, 3, 250_000]))
def test_each_id_is_new_once_wherever_it_stood(
    before: list[bytes], batches: list[list[bytes]], most_latest: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "MOST_LATEST", most_latest)
        _each_is_new_once(before, batches)


def _each_is_new_once(before: list[bytes], batches: list[list[bytes]]) -> None:
    known = standing(before)
    seen = set(before)
    repeated = 0
    for batch in batches:
        expected = []
        for place, one in enumerate(batch):
            if one not in seen:
                expected.append(place)
            repeated += one in seen and one not in before
            seen.add(one)
        assert known.fresh(batch) == expected
    assert known.repeated == repeated


@settings(deadline=None)
@given(st.lists(st.binary(min_size=ID_BYTES, max_size=ID_BYTES)), st.integers(0, 3))
def test_ids_are_read_back_from_a_column_as_they_were(digests: list[bytes], skipped: int) -> None:
    ids = ["rec_0001", "rec_" + "g" * 20, *map(record_id, digests)]
    column = pa.chunked_array([pa.array(ids[:3], pa.string()), pa.array(ids[3:], pa.string()).slice(skipped)])
    wanted = [one for one in digests[:1]] + digests[1:][skipped:]
    assert _digests(column).tolist() == [one.rstrip(b"\0") for one in wanted]


def test_a_projects_records_are_known_by_their_ids(project: Project) -> None:
    sample_task.made(project)
    rows = [sample_task.record(number, record_id=record_id(digest(number))) for number in range(5)]
    sample_task.publish_records(project, rows[:3])
    sample_task.publish_records(project, rows[3:], name="rec_b")
    known = known_ids(project, sample_task.NAME)
    assert known.fresh([digest(number) for number in (4, 5, 0)]) == [1]


def test_an_id_is_what_it_was_in_earlier_releases() -> None:
    inputs = {"title": 'Käse\n"fein"\x7f \u2028', "brand": "\x1f\\"}
    import orjson

    canonical = orjson.dumps(dict(sorted(inputs.items())))
    assert record_id(digest_of(canonical)) == f"rec_{content_hash(inputs)}"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=9), st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1
    )
)
def test_and_so_for_any_text_that_a_file_can_hold(inputs: dict[str, str]) -> None:
    import orjson

    try:
        canonical = orjson.dumps(inputs, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # a key that no file holds
        return
    assert record_id(digest_of(canonical)) == f"rec_{content_hash(inputs)}"


def test_a_million_ids_that_stood_and_a_million_new_ones_take_little_memory() -> None:
    numbers = np.random.default_rng(5).integers(0, 256, (2_000_000, ID_BYTES), dtype=np.uint8)
    before = np.sort(np.ascontiguousarray(numbers[:1_000_000]).view(f"S{ID_BYTES}").ravel())
    tracemalloc.start()
    known = KnownIds(before)
    for start in range(1_000_000, 2_000_000, 5_000):
        known.fresh([each.tobytes() for each in numbers[start : start + 5_000]])
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(known.since) + len(known.latest) > 999_990
    assert held + before.nbytes < 60_000_000
    assert most + before.nbytes < 130_000_000

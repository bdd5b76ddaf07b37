"""Candidates: which pairs of texts are worth comparing, found without comparing all of them.

Every text is a set of hashed byte 8-grams (4-grams for short texts), taken in one vectorised
pass. Of long texts a nested sample of 64 to 128 hashes stays: a hash in the sample of a text is in
that of every shorter text that has it. Hashes seen in one text only say nothing and are dropped;
the 16 rarest of each text and each length of gram say most. Texts that share two of those, and are of
similar length, are a pair.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Number = TypeVar("Number", np.int64, np.uint64)

ALL_PAIRS_UP_TO = 1_000
"""So few texts are all compared with each other."""
GRAM_BYTES, SHORT_GRAM_BYTES = 8, 4
SHORT_UP_TO, LONG_FROM = 88, 64
"""Texts up to 88 bytes give 4-grams, those from 64 bytes 8-grams: near neighbours always share a kind."""
SHORTEST = 16
SAMPLE = 64
RAREST = 16
WINDOWS = (512, 256, 128, 64, 32, 16, 8)
PAIRS_PER_TEXT, PAIRS_AT_LEAST = 64, 4_000_000
"""How many pairs may be counted: the widest window that stays within it is taken."""
WORKERS = min(4, os.cpu_count() or 1)
CHUNK_BYTES, KEYS_AT_ONCE, TEXTS_AT_ONCE = 200_000, 1_000_000, 16_000
"""What is worked on at a time: the arrays of this module are most of the memory of a search."""
DOC_BITS = 24
MOST_TEXTS = 1 << DOC_BITS
_HASH_FROM = np.uint64(DOC_BITS + 1)


def candidate_pairs(texts: Sequence[str], threshold: float) -> npt.NDArray[np.int64]:
    """Pairs `(left, right)` of positions in `texts`, shape (pairs, 2), each once, left < right.

    `threshold` (0-1) is the ratio that pairs are looked for; it bounds how far lengths may differ.
    Raises ValueError for more than 16,777,216 texts.
    """
    if len(texts) >= MOST_TEXTS:
        raise ValueError(f"{len(texts):,} texts; {MOST_TEXTS:,} are the most")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    if len(texts) <= ALL_PAIRS_UP_TO:
        left, right = np.triu_indices(len(texts), 1)
        return np.stack([left, right], axis=1)[_similar_length(lengths[left], lengths[right], threshold)]
    order = np.argsort(lengths, kind="stable")  # neighbours in a long list are then of similar length
    keys = _keys([texts[position] for position in order])
    sides, groups, counts = _shared(keys)
    del keys
    docs, groups = _rarest(sides, groups, counts, len(texts))
    left, right = _paired(docs, groups, len(texts), lengths[order])
    near = _similar_length(lengths[order[left]], lengths[order[right]], threshold)
    pairs = np.stack([order[left[near]], order[right[near]]], axis=1)
    return np.sort(pairs, axis=1)


def _keys(texts: Sequence[str]) -> Hashes:
    """(hash, length of gram, document) as 39 + 1 + 24 bits, sorted, each once; of shared hashes."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(_chunk_keys, *zip(*_chunks(texts), strict=True)) if texts else ()
        keys = _joined([part for parts in found for part in parts])
    keys.sort()
    again = np.ones(len(keys), np.bool_)
    again[1:] = keys[1:] != keys[:-1]
    keys = keys[again]
    again = np.zeros(len(keys), np.bool_)
    again[1:] = (keys[1:] ^ keys[:-1]) < np.uint64(MOST_TEXTS)  # the same but for the document
    again[:-1] |= again[1:]
    return keys[again]


def _joined(parts: list[npt.NDArray[Number]]) -> npt.NDArray[Number]:
    """The parts one after the other; each is let go once it is copied."""
    keys = np.empty(sum(map(len, parts)), parts[0].dtype if parts else np.int64)
    end = len(keys)
    while parts:
        part = parts.pop()
        keys[end - len(part) : end] = part
        end -= len(part)
    return keys


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    first, size = 0, 0
    for position, text in enumerate(texts):
        size += len(text)
        if size >= CHUNK_BYTES:
            yield first, texts[first : position + 1]
            first, size = position + 1, 0
    if first < len(texts):
        yield first, texts[first:]


def _chunk_keys(first: int, chunk: Sequence[str]) -> list[Hashes]:
    texts, found = [text.encode() for text in chunk], []
    lengths = np.fromiter(map(len, texts), np.int32, len(texts))
    padded = np.frombuffer(b"".join(texts) + b"\0" * GRAM_BYTES, np.uint8)
    at = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    ends = np.cumsum(lengths, dtype=np.int32)
    left = np.repeat(ends, lengths) - np.arange(ends[-1], dtype=np.int32)  # bytes to the text's end
    grams = np.ndarray((len(left),), "<u8", padded, strides=(1,))
    for width, wanted in (
        (SHORT_GRAM_BYTES, lengths <= SHORT_UP_TO),
        (GRAM_BYTES, lengths >= LONG_FROM),
    ):
        places = np.flatnonzero(wanted[at] & (left >= width))
        masked = grams[places] & np.uint64((1 << 8 * width) - 1)
        masked += np.uint64(width)
        hashes, here = _mixed(masked), at[places]
        sieves = (np.uint64(1) << _levels(lengths - width + 1)) - np.uint64(1)
        kept = (hashes & sieves[here]) == 0
        documents = here[kept].astype(np.uint64) + np.uint64(first)
        lengths_of_gram = np.uint64((width == GRAM_BYTES) << DOC_BITS)
        found.append((hashes[kept] >> _HASH_FROM << _HASH_FROM) | lengths_of_gram | documents)
    return found


def _levels(grams: Small) -> Hashes:
    """How often the number of grams is halved, so that 64 to 128 of them stay."""
    return np.floor(np.log2(np.maximum(grams, SAMPLE) / SAMPLE)).astype(np.uint64)


def _mixed(values: Hashes) -> Hashes:
    """Every bit of a value spread over its hash (the finaliser of splitmix64), in the same array."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values ^= values >> np.uint64(shift)
        values *= np.uint64(factor)
    values ^= values >> np.uint64(31)
    return values


def _shared(keys: Hashes) -> tuple[Small, Small, Small]:
    """(side, hash number) of each key, and how many documents have each hash.

    A side is a document and a length of gram: a text with grams of both lengths may have a near copy that is
    short enough to have the short ones alone.
    """
    sides = np.empty(len(keys), np.int32)
    starts = np.ones(len(keys), np.bool_)
    for at in range(0, len(keys), KEYS_AT_ONCE):
        part = keys[at : at + KEYS_AT_ONCE]
        lengths = (part >> np.uint64(DOC_BITS)) & np.uint64(1)
        sides[at : at + len(part)] = ((part & np.uint64(MOST_TEXTS - 1)) << np.uint64(1)) | lengths
        starts[at + 1 : at + len(part)] = (part[1:] ^ part[:-1]) >= np.uint64(MOST_TEXTS)
        if at:
            starts[at] = (keys[at] ^ keys[at - 1]) >= np.uint64(MOST_TEXTS)
    counts = np.diff(np.append(np.flatnonzero(starts), len(keys))).astype(np.int32)
    groups = np.cumsum(starts, dtype=np.int32)
    groups -= 1
    return sides, groups, counts


def _rarest(sides: Small, groups: Small, counts: Small, texts: int) -> tuple[Small, Small]:
    """The 16 rarest hashes of each side, as (document, hash number) sorted by hash number and document."""
    block = max(TEXTS_AT_ONCE, texts // 8) * 2

    def of_block(first: int) -> Hashes:
        here = np.flatnonzero((sides >= first) & (sides < first + block))
        mine, numbers = sides[here], groups[here]
        order = np.argsort((mine.astype(np.int64) << 32) | counts[numbers], kind="stable")
        mine, numbers = mine[order], numbers[order]
        sizes = np.diff(np.append(np.flatnonzero(np.diff(mine, prepend=-1)), len(mine)))
        places = np.arange(len(mine)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        kept = places < RAREST
        found: Hashes = (numbers[kept].astype(np.uint64) << np.uint64(32)) | (mine[kept] >> 1).astype(
            np.uint64
        )
        return found

    with ThreadPoolExecutor(WORKERS) as pool:
        both = _joined(list(pool.map(of_block, range(0, 2 * texts, block))))
    both.sort()
    return (both & np.uint64(MOST_TEXTS - 1)).astype(np.int32), (both >> np.uint64(32)).astype(np.int32)


def _paired(documents: Small, groups: Small, texts: int, lengths: Ids) -> tuple[Ids, Ids]:
    """Documents that share two of their hashes (one, where a text has under 16 characters).

    `lengths` are in characters, ascending.
    """
    budget = max(PAIRS_AT_LEAST, PAIRS_PER_TEXT * texts)
    sizes = np.unique(groups, return_counts=True)[1]
    window = next((width for width in WINDOWS if _pairs(sizes, width) <= budget), WINDOWS[-1])
    found: list[Ids] = []
    for step in range(1, min(window, int(sizes.max(initial=1)) - 1) + 1):
        same = groups[step:] == groups[:-step]
        found.append((documents[:-step][same].astype(np.int64) << DOC_BITS) | documents[step:][same])
    every = _joined(found)
    every.sort()
    kept = np.zeros(len(every), np.bool_)  # the first of several that are the same
    kept[:-1] = every[1:] == every[:-1]
    kept[1:-1] &= every[1:-1] != every[:-2]
    if lengths[0] < SHORTEST:
        alone = lengths[every >> DOC_BITS] < SHORTEST
        alone[1:] &= every[1:] != every[:-1]
        kept |= alone
    pairs = every[kept]
    return pairs >> DOC_BITS, pairs & (MOST_TEXTS - 1)


def _pairs(sizes: Ids, window: int) -> int:
    """How many pairs a window gives over lists of these sizes."""
    reach = np.minimum(sizes - 1, window)
    return int((reach * sizes - reach * (reach + 1) // 2).sum())


def _similar_length(left: Ids, right: Ids, threshold: float) -> npt.NDArray[np.bool_]:
    """Whether the ratio, at most 2 · shorter / both, can reach the threshold."""
    return 2 * np.minimum(left, right) >= threshold * (left + right)

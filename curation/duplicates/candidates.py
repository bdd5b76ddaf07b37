"""Candidates: which pairs of texts are worth comparing, found without comparing all of them.

Every text is a set of hashed byte 8-grams (4-grams for short texts), taken in one vectorised
pass. Of long texts a nested sample of 64 to 128 hashes stays: a hash in the sample of a text is in
that of every shorter text that has it. Hashes seen in one text only say nothing and are dropped;
the 16 rarest of each text say most. Texts that share two of those, and are of similar length, are
a pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

ALL_PAIRS_UP_TO = 1_000
"""So few texts are all compared with each other."""
GRAM_BYTES, SHORT_GRAM_BYTES = 8, 4
SHORT_UP_TO, LONG_FROM = 88, 64
"""Texts up to 88 bytes give 4-grams, those from 64 bytes 8-grams: near neighbours always share a kind."""
SAMPLE = 64
RAREST = 16
WINDOWS = (512, 256, 128, 64, 32, 16, 8)
PAIRS_PER_TEXT, PAIRS_AT_LEAST = 64, 4_000_000
"""How many pairs may be counted: the widest window that stays within it is taken."""
CHUNK_BYTES = 2_000_000
DOC_BITS = 24
MOST_TEXTS = 1 << DOC_BITS


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
    keys = _keys([texts[position].encode() for position in order])
    docs, groups = _rarest(*_shared(keys))
    left, right = _paired(docs, groups, len(texts), lengths[order])
    near = _similar_length(lengths[order[left]], lengths[order[right]], threshold)
    pairs = np.stack([order[left[near]], order[right[near]]], axis=1)
    return np.sort(pairs, axis=1)


def _keys(texts: Sequence[bytes]) -> Hashes:
    """All (hash, document) as 40 + 24 bits, sorted, each once."""
    found = [part for chunk in _chunks(texts) for part in _chunk_keys(*chunk)]
    keys = np.concatenate(found) if found else np.empty(0, np.uint64)
    keys.sort()
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if keys.size else keys


def _chunks(texts: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    first, size = 0, 0
    for position, text in enumerate(texts):
        size += len(text)
        if size >= CHUNK_BYTES:
            yield first, texts[first : position + 1]
            first, size = position + 1, 0
    if first < len(texts):
        yield first, texts[first:]


def _chunk_keys(first: int, texts: Sequence[bytes]) -> Iterator[Hashes]:
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    padded = np.frombuffer(b"".join(texts) + b"\0" * GRAM_BYTES, np.uint8)
    at = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(lengths.sum())  # bytes to the text's end
    grams = np.ndarray((len(left),), "<u8", padded, strides=(1,))
    for width, wanted in (
        (SHORT_GRAM_BYTES, lengths <= SHORT_UP_TO),
        (GRAM_BYTES, lengths >= LONG_FROM),
    ):
        places = np.flatnonzero(wanted[at] & (left >= width))
        masked = grams[places] & np.uint64((1 << 8 * width) - 1)
        hashes = _mixed(masked + np.uint64(width))
        levels = _levels(lengths - width + 1)[at[places]]
        kept = (hashes & ((np.uint64(1) << levels) - np.uint64(1))) == 0
        documents = (at[places[kept]] + first).astype(np.uint64)
        yield (hashes[kept] >> np.uint64(DOC_BITS) << np.uint64(DOC_BITS)) | documents


def _levels(grams: Ids) -> Hashes:
    """How often the number of grams is halved, so that 64 to 128 of them stay."""
    return np.floor(np.log2(np.maximum(grams, SAMPLE) / SAMPLE)).astype(np.uint64)


def _mixed(values: Hashes) -> Hashes:
    """Every bit of a value spread over its hash (the finaliser of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _shared(keys: Hashes) -> tuple[Ids, Ids, Ids]:
    """(document, hash number, documents that have the hash) where at least two have it."""
    if not keys.size:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    hashes = keys >> np.uint64(DOC_BITS)
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    counts = np.diff(np.concatenate((starts, [keys.size])))
    often = np.repeat(counts, counts)
    kept = often > 1
    groups = np.repeat(np.arange(len(starts)), counts)[kept]
    documents = (keys[kept] & np.uint64(MOST_TEXTS - 1)).astype(np.int64)
    return documents, groups, often[kept]


def _rarest(documents: Ids, groups: Ids, often: Ids) -> tuple[Ids, Ids]:
    """The 16 rarest hashes of each document, as (document, hash number) sorted by hash number."""
    by_document = np.argsort((documents << 32) | often, kind="stable")
    documents, groups = documents[by_document], groups[by_document]
    starts = np.searchsorted(documents, documents, side="left")
    kept = np.arange(len(documents)) - starts < RAREST
    documents, groups = documents[kept], groups[kept]
    by_group = np.lexsort((documents, groups))
    return documents[by_group], groups[by_group]


def _paired(documents: Ids, groups: Ids, texts: int, lengths: Ids) -> tuple[Ids, Ids]:
    """Documents that share two of their hashes (one, where a text has under 16 characters)."""
    budget = max(PAIRS_AT_LEAST, PAIRS_PER_TEXT * texts)
    sizes = np.unique(groups, return_counts=True)[1]
    window = next((width for width in WINDOWS if _pairs(sizes, width) <= budget), WINDOWS[-1])
    found = []
    for step in range(1, min(window, int(sizes.max(initial=1)) - 1) + 1):
        same = groups[step:] == groups[:-step]
        found.append((documents[:-step][same] << DOC_BITS) | documents[step:][same])
    pairs, shared = np.unique(np.concatenate(found), return_counts=True) if found else (documents[:0],) * 2
    left, right = pairs >> DOC_BITS, pairs & (MOST_TEXTS - 1)
    enough = shared >= np.where(lengths[left] < 16, 1, 2)
    return left[enough], right[enough]


def _pairs(sizes: Ids, window: int) -> int:
    """How many pairs a window gives over lists of these sizes."""
    reach = np.minimum(sizes - 1, window)
    return int((reach * sizes - reach * (reach + 1) // 2).sum())


def _similar_length(left: Ids, right: Ids, threshold: float) -> npt.NDArray[np.bool_]:
    """Whether the ratio, at most 2 · shorter / both, can reach the threshold."""
    return 2 * np.minimum(left, right) >= threshold * (left + right)

"""One way of finding near-duplicates, timed in a process of its own: ours, or a peer's MinHash and LSH.

    python _duplicate_peers.py {ours,rensa,datasketch} TEXTS.json THRESHOLD

prints one JSON object: seconds, peak resident memory (MB), versions, and a cluster number per text. The
peers run in an environment that has neither this project nor its versions, so this file imports nothing of
it before it is asked for `ours`. Both peers are used alike: sets of character 5-grams of the normalised
text, 128 permutations, 32 bands, then every candidate pair verified by rapidfuzz, and union-find.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

PERMUTATIONS, BANDS, GRAM = 128, 32, 5
_NOT_WORD = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """Letters and digits in lower case, one space between words: as ours compares them."""
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split()) or text.strip()


def grams(text: str) -> set[str]:
    """The character 5-grams of a text."""
    return {text[start : start + GRAM] for start in range(max(1, len(text) - GRAM + 1))}


def ours(texts: list[str], threshold: float) -> list[int]:
    """This project's own search."""
    from curation.duplicates import find_duplicates

    return find_duplicates(texts, threshold=threshold)


def rensa(texts: list[str], threshold: float) -> list[int]:
    """rensa's R-MinHash and its LSH index, in Rust."""
    from rensa import RMinHash, RMinHashLSH

    forms = [normal(text) for text in texts]
    index = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=BANDS)
    hashes = []
    for number, form in enumerate(forms):
        made = RMinHash(num_perm=PERMUTATIONS, seed=1)
        made.update(list(grams(form)))
        index.insert(number, made)
        hashes.append(made)
    found = (index.query(made) for made in hashes)
    return joined(forms, pairs(found), threshold)


def datasketch(texts: list[str], threshold: float) -> list[int]:
    """datasketch's MinHash and MinHashLSH."""
    from datasketch import MinHash, MinHashLSH

    forms = [normal(text) for text in texts]
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
    hashes = []
    for number, form in enumerate(forms):
        made = MinHash(num_perm=PERMUTATIONS, seed=1)
        made.update_batch([gram.encode() for gram in grams(form)])
        index.insert(number, made, check_duplication=False)
        hashes.append(made)
    found = (index.query(made) for made in hashes)
    return joined(forms, pairs(found), threshold)


def pairs(found: Iterable[Iterable[int]]) -> Iterator[tuple[int, int]]:
    """(text, later text) of what the index found for each text in turn."""
    return ((number, other) for number, others in enumerate(found) for other in others if other > number)


def joined(forms: list[str], candidates: Iterable[tuple[int, int]], threshold: float) -> list[int]:
    """Clusters of the candidate pairs whose ratio reaches the threshold."""
    from rapidfuzz import fuzz

    parents = list(range(len(forms)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, other in candidates:
        if fuzz.ratio(forms[one], forms[other], score_cutoff=threshold * 100):
            left, right = root(one), root(other)
            parents[max(left, right)] = min(left, right)
    return [root(number) for number in range(len(forms))]


WAYS = {"ours": ours, "rensa": rensa, "datasketch": datasketch}
USED = {"ours": (), "rensa": ("rensa", "rapidfuzz"), "datasketch": ("datasketch", "rapidfuzz")}


def peak_mb() -> int:
    """The most memory this process held. Linux counts a parent's into ru_maxrss, so it is asked first."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) // 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Time one way."""
    way, path, threshold = sys.argv[1:]
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    began = time.perf_counter()
    clusters = WAYS[way](texts, float(threshold))
    seconds = time.perf_counter() - began
    told = {
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "versions": {name: version(name) for name in USED[way]},
        "clusters": clusters,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()

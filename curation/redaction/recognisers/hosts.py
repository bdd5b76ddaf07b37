"""What ends the name of a host: the top-level domains, real and reserved."""

from __future__ import annotations

from functools import cache
from typing import Any

RESERVED = frozenset(
    {"arpa", "corp", "example", "home", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
)
"""Not delegated, but used inside houses and in examples (RFC 2606, RFC 6761, RFC 7686)."""

_FILES = frozenset(
    "avif bmp css csv doc docx exe gif gz htm html ico ini jpeg jpg js json log md mp3 mp4 pdf php png ppt "
    "pptx svg tar tex toml ts txt wav webp xls xlsx xml yaml yml".split()
)


def keep_offline() -> Any:
    """Make `tldextract`, here and inside presidio, use the list it carries; by itself it would fetch one."""
    from tldextract import TLDExtract, tldextract

    tldextract.TLD_EXTRACTOR = TLDExtract(suffix_list_urls=(), cache_dir=None)
    return tldextract.TLD_EXTRACTOR


@cache
def _delegated() -> frozenset[str]:
    suffixes = keep_offline().tlds
    return frozenset(suffix.rpartition(".")[2].lower() for suffix in suffixes)


def is_top_level(label: str) -> bool:
    """Whether a label is a top-level domain, in any case of letters."""
    small = label.lower()
    return small in RESERVED or small in _delegated() or small.startswith("xn--")


def without_file_names(host: str) -> bool:
    """Whether a host's name does not end as the name of a file does: `image@2x.png` is no address."""
    return host.rpartition(".")[2].lower() not in _FILES

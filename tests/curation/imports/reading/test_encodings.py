"""Encodings: by mark, by form, by likelihood; bytes that are none of the encoding cost their own row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import found, rejects, rows, values, written

# ruff: noqa: RUF001
SENTENCES = {
    "cp1252": "Der Käufer möchte das Gerät zurückgeben, weil die Tür größer ist – „schön“ für 20 €.",
    "cp1251": "Покупатель просит вернуть деньги за неисправный чайник, доставленный вчера вечером.",
    "cp1253": "Ο πελάτης ζητά επιστροφή χρημάτων για το προϊόν που παρέλαβε χθες το βράδυ.",
    "cp932": "お客様は昨日届いた商品の返金を希望しています。箱が破損していました。",
    "gb18030": "顾客要求退还昨天收到的商品的货款，因为包装盒已经损坏了。",
    "cp949": "고객은 어제 받은 상품의 환불을 요청했습니다. 상자가 파손되었습니다.",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_unicode_of_every_width_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    body = end.join(["title,note", "wok,größe 😀", '"two\nlines",żółw', ""]).encode(encoding)
    expected = [{"title": "wok", "note": "größe 😀"}, {"title": "two\nlines", "note": "żółw"}]
    assert values(written(tmp_path, "a.csv", body)) == expected
    lines = '{"title": "größe"}\n{"title": "żółw"}\n'.encode(encoding)
    assert values(written(tmp_path, "a.jsonl", lines)) == [{"title": "größe"}, {"title": "żółw"}]
    assert values(written(tmp_path, "a.json", '[{"a": "größe"}]'.encode(encoding))) == [{"a": "größe"}]


@pytest.mark.parametrize("encoding", SENTENCES)
def test_a_legacy_encoding_is_found_out_and_named(tmp_path: Path, encoding: str) -> None:
    text = SENTENCES[encoding]
    body = "id,text\n" + "".join(f'{number},"{text}"\n' for number in range(30))
    path = written(tmp_path, "a.csv", body.encode(encoding))
    assert {row["text"] for row in values(path)} == {text}
    assert found(path).opened.detected["encoding"] not in ("UTF-8", "")


def test_a_single_accent_is_read_as_western(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"id,name\n1,caf\xe9\n2,tea\n")
    assert values(path) == [{"id": "1", "name": "café"}, {"id": "2", "name": "tea"}]
    assert found(path).opened.detected["encoding"] == "Windows-1252"


def test_bytes_that_are_not_of_the_encoding_cost_their_own_row(tmp_path: Path) -> None:
    german = SENTENCES["cp1252"].encode("cp1252")
    path = written(
        tmp_path, "a.csv", b'id,text\n2,"' + german + b'"\n3,a\x81b\n' + (b'4,"' + german + b'"\n') * 20
    )
    assert [number for number, _, _ in rejects(path)] == [3]
    assert rejects(path)[0][1] == "It is not Windows-1252: byte 0x81 at place 4."
    wide = (
        "a,b\n1,some longer text\n".encode("utf-16-le")
        + b"2\0,\0\x00\xd8x\0\n\0"
        + "3,ok\n".encode("utf-16-le")
    )
    assert [row["a"] for row in values(written(tmp_path, "b.csv", wide))] == ["1", "3"]
    assert [number for number, _, _ in rejects(tmp_path / "b.csv")] == [3]


def test_a_few_broken_bytes_do_not_make_utf8_another_encoding(tmp_path: Path) -> None:
    body = "id,text\n" + "".join(f"{number},größe\n" for number in range(50))
    path = written(tmp_path, "a.csv", body.encode() + b"50,gr\xf6\xdfe\n")
    assert found(path).opened.detected["encoding"] == "UTF-8"
    assert [(number, reason) for number, reason, _ in rejects(path)] == [
        (52, "It is not UTF-8: byte 0xf6 at place 6.")
    ]


def test_what_is_strange_far_into_a_long_file_is_looked_at_too(tmp_path: Path) -> None:
    body = b"id,text\n" + b"1,plain text only\n" * 80_000 + b"2,caf\xe9 au lait\n" * 20_000
    path = written(tmp_path, "a.csv", body)
    assert found(path).opened.detected["encoding"] == "Windows-1252"
    assert rejects(path) == []


def test_utf16_that_ends_within_a_character_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a,b\n1,2\n".encode("utf-16") + b"x")
    with pytest.raises(InvalidInput, match="cannot be read as UTF-16"):
        rows(path)


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=20),
        max_size=5,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_text_in_unicode_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], encoding: str
) -> None:
    body = "id,text\n" + "".join(f'x,"{text.replace(chr(34), chr(34) * 2)}"\n' for text in texts)
    path = written(tmp_path_factory.mktemp("text"), "a.csv", body.encode(encoding))
    assert [row["text"] for row in values(path, limits=Limits())] == texts

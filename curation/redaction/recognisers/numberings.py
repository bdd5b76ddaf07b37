"""The numbers by which states know people, each with the forms it is written in and its check digits.

`python-stdnum` carries the arithmetic. `shapes` are the written forms: 9 for a digit, A for a letter, a
hyphen for whatever parts two groups. `alone` is the score of a valid number that no word names: a check
digit of one place lets one random number in ten pass, so such numbers are doubtful by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from curation.redaction.spans import CERTAIN, FAINT, LIKELY, WEAK

BARELY = 0.62


@dataclass(frozen=True)
class Numbering:
    """A numbering: its name, its module in `stdnum`, its shapes, and its score without a word beside it."""

    name: str
    module: str
    shapes: tuple[str, ...]
    alone: float
    type: str = "national_id"


NUMBERINGS = (
    Numbering("United States SSN", "us.ssn", ("999-99-9999",), LIKELY + 0.1, "us_ssn"),
    Numbering("United States SSN", "us.ssn", ("999999999",), FAINT, "us_ssn"),
    Numbering("United States ITIN", "us.itin", ("999-99-9999",), LIKELY),
    Numbering("United Kingdom NHS number", "gb.nhs", ("9999999999", "999-999-9999"), WEAK),
    Numbering("German tax number", "de.idnr", ("99999999999", "99-999-999-999"), WEAK),
    Numbering(
        "French NIR",
        "fr.nir",
        ("999999999999999", "9-99-99-99-999-999-99", "9999999999999-99"),
        LIKELY + 0.15,
    ),
    Numbering("French NIR of Corsica", "fr.nir", ("999999A99999999", "9-99-99-9A-999-999-99"), CERTAIN),
    Numbering("Spanish DNI", "es.dni", ("99999999A", "99999999-A", "99-999-999-A"), LIKELY),
    Numbering("Spanish NIE", "es.nie", ("A9999999A", "A-9999999-A"), LIKELY),
    Numbering("Italian codice fiscale", "it.codicefiscale", ("AAAAAA99A99A999A",), CERTAIN),
    Numbering("Polish PESEL", "pl.pesel", ("99999999999",), BARELY),
    Numbering("Brazilian CPF", "br.cpf", ("999-999-999-99", "999999999-99"), CERTAIN),
    Numbering("Brazilian CPF", "br.cpf", ("99999999999",), BARELY),
    Numbering("Brazilian CNPJ", "br.cnpj", ("99-999-999-9999-99", "99999999999999"), LIKELY),
    Numbering("Dutch BSN", "nl.bsn", ("999999999", "999-999-999", "9999-99-999"), FAINT),
    Numbering("Swedish personnummer", "se.personnummer", ("999999-9999", "99999999-9999"), LIKELY),
    Numbering("Swedish personnummer", "se.personnummer", ("999999999999",), BARELY),
    Numbering("Swedish personnummer", "se.personnummer", ("9999999999",), FAINT),
    Numbering(
        "Finnish henkilötunnus",
        "fi.hetu",
        ("999999-999A", "999999-9999", "999999A999A", "999999A9999"),
        LIKELY,
    ),
    Numbering("Danish CPR", "dk.cpr", ("999999-9999",), WEAK),
    Numbering("Norwegian fødselsnummer", "no.fodselsnummer", ("99999999999", "999999-99999"), LIKELY),
    Numbering("Belgian national number", "be.nn", ("99-99-99-999-99", "999999-999-99"), LIKELY),
    Numbering("Belgian national number", "be.nn", ("99999999999",), BARELY),
    Numbering("Swiss AHV number", "ch.ssn", ("999-9999-9999-99", "9999999999999"), LIKELY + 0.1),
    Numbering("Austrian social insurance number", "at.vnr", ("9999-999999", "9999999999"), WEAK),
    Numbering("Portuguese NIF", "pt.nif", ("999999999", "999-999-999"), FAINT),
    Numbering("Irish PPS number", "ie.pps", ("9999999A", "9999999AA"), WEAK),
    Numbering("Czech birth number", "cz.rc", ("999999-9999",), LIKELY - 0.1),
    Numbering("Romanian CNP", "ro.cnp", ("9999999999999",), LIKELY),
    Numbering("Bulgarian EGN", "bg.egn", ("9999999999",), FAINT),
    Numbering("Croatian OIB", "hr.oib", ("99999999999",), WEAK),
    Numbering("Lithuanian personal code", "lt.asmens", ("99999999999",), WEAK),
    Numbering("Latvian personal code", "lv.pvn", ("999999-99999",), LIKELY),
    Numbering("Estonian personal code", "ee.ik", ("99999999999",), WEAK),
    Numbering("Greek AMKA", "gr.amka", ("99999999999",), WEAK),
    Numbering("Turkish identity number", "tr.tckimlik", ("99999999999",), BARELY),
    Numbering("Israeli identity number", "il.idnr", ("999999999", "99999999-9"), FAINT),
    Numbering("Canadian SIN", "ca.sin", ("999-999-999", "999999999"), FAINT),
    Numbering("Australian TFN", "au.tfn", ("999-999-999", "999999999"), FAINT),
    Numbering("New Zealand IRD number", "nz.ird", ("99-999-999", "999-999-999"), FAINT),
    Numbering("Indian Aadhaar", "in_.aadhaar", ("9999-9999-9999", "999999999999"), WEAK),
    Numbering("Indian PAN", "in_.pan", ("AAAAA9999A",), LIKELY),
    Numbering("Chinese resident number", "cn.ric", ("999999999999999999", "99999999999999999A"), CERTAIN),
    Numbering("Korean resident number", "kr.rrn", ("999999-9999999",), LIKELY + 0.1),
    Numbering("Japanese individual number", "jp.in_", ("9999-9999-9999", "999999999999"), WEAK),
    Numbering("Thai identity number", "th.pin", ("9-9999-99999-99-9",), LIKELY),
    Numbering("Thai identity number", "th.pin", ("9999999999999",), FAINT),
    Numbering("Malaysian NRIC", "my.nric", ("999999-99-9999",), BARELY),
    Numbering("South African identity number", "za.idnr", ("9999999999999",), LIKELY - 0.05),
    Numbering("Mexican CURP", "mx.curp", ("AAAA999999AAAAAA99", "AAAA999999AAAAAAA9"), CERTAIN),
    Numbering("Argentine CUIT", "ar.cuit", ("99-99999999-9",), LIKELY),
    Numbering("Chilean RUT", "cl.rut", ("99-999-999-9", "99-999-999-A"), LIKELY),
    Numbering("Chilean RUT", "cl.rut", ("99999999-9", "99999999-A"), WEAK),
    Numbering("IMEI", "imei", ("999999999999999", "99-999999-999999-9"), WEAK, "device_id"),
)
"""Every numbering that is looked for. Shapes may stand in several: the surest valid one counts."""

BY_SHAPE: Mapping[str, tuple[Numbering, ...]] = {
    shape: tuple(one for one in NUMBERINGS if shape in one.shapes)
    for shape in {shape for one in NUMBERINGS for shape in one.shapes}
}
"""The numberings that are written in a shape."""

BEGINNINGS = frozenset(
    "-".join(groups[:count])
    for groups in (shape.split("-") for shape in BY_SHAPE)
    for count in range(1, len(groups) + 1)
)
"""Every shape and the groups it begins with: what is in none of these can be left early."""


@cache
def check_of(module: str) -> Callable[[str], bool]:
    """The check of a numbering, loaded when first needed."""
    return import_module(f"stdnum.{module}").is_valid  # type: ignore[no-any-return]

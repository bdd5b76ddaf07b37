"""Every numbering of the table: its check holds for a published example, and not for a wrong digit."""

from __future__ import annotations

import pytest

from curation.redaction import Policy, Redactor
from curation.redaction.recognisers.numberings import BEGINNINGS, BY_SHAPE, NUMBERINGS, check_of
from curation.redaction.subject import Subject

EXAMPLES = {
    "us.ssn": "536-90-4399",
    "us.itin": "912-90-3456",
    "gb.nhs": "943 476 5919",
    "de.idnr": "36 574 261 809",
    "fr.nir": "2 95 10 99 126 111 93",
    "es.dni": "54362315K",
    "es.nie": "X2482300W",
    "it.codicefiscale": "RCCMNL83S18D969H",
    "pl.pesel": "44051401359",
    "br.cpf": "390.533.447-05",
    "br.cnpj": "16.727.230/0001-97",
    "nl.bsn": "1112.22.333",
    "se.personnummer": "880320-0016",
    "fi.hetu": "131052-308T",
    "dk.cpr": "211062-5629",
    "no.fodselsnummer": "15108695088",
    "be.nn": "85.07.30-033 28",
    "ch.ssn": "756.9217.0769.85",
    "at.vnr": "1237 010180",
    "pt.nif": "501 964 843",
    "ie.pps": "6433435F",
    "cz.rc": "710319/2745",
    "ro.cnp": "1630615123457",
    "bg.egn": "7523169263",
    "hr.oib": "33392005961",
    "lt.asmens": "33309240064",
    "lv.pvn": "161175-19997",
    "ee.ik": "36805280109",
    "gr.amka": "01013099997",
    "tr.tckimlik": "17291716060",
    "il.idnr": "03933742-3",
    "ca.sin": "123-456-782",
    "au.tfn": "123 456 782",
    "nz.ird": "49-091-850",
    "in_.aadhaar": "2341 2341 2346",
    "in_.pan": "ACUPA7085R",
    "cn.ric": "360426199101010071",
    "jp.in_": "6214 9832 0257",
    "kr.rrn": "971013-9019902",
    "th.pin": "1-2345-45678-78-1",
    "my.nric": "770305-02-1234",
    "za.idnr": "7503305044089",
    "mx.curp": "BOXW310820HNERXN09",
    "ar.cuit": "20-05536168-2",
    "cl.rut": "12.531.909-2",
    "imei": "490154203237518",
}
WITHOUT_CHECK_DIGIT = {"us.ssn", "us.itin", "in_.pan", "my.nric", "dk.cpr"}
REDACTOR = Redactor(Policy(model=None, uncertain="mask"))


@pytest.mark.parametrize("module", sorted({one.module for one in NUMBERINGS}))
def test_a_published_example_holds_and_is_found(module: str) -> None:
    example = EXAMPLES[module]
    assert check_of(module)(example)
    shapes = {shape for one in NUMBERINGS if one.module == module for shape in one.shapes}
    codes = Subject(example).codes
    letter = "-A" if example[-2:-1] in "-" and example[-1].isalpha() else ""
    assert "-".join(code.shape for code in codes) + letter in shapes
    (span,) = REDACTOR.redact(f"The identity number is {example} there").spans
    assert (span.start, span.end) == (23, 23 + len(example))
    assert span.type in {"national_id", "us_ssn", "device_id"}


@pytest.mark.parametrize("module", sorted({one.module for one in NUMBERINGS} - WITHOUT_CHECK_DIGIT))
def test_a_wrong_digit_is_noticed(module: str) -> None:
    example = EXAMPLES[module]
    at = max(place for place, letter in enumerate(example) if letter.isdigit())
    wrong = [f"{example[:at]}{digit}{example[at + 1 :]}" for digit in "0123456789" if digit != example[at]]
    assert sum(check_of(module)(each) for each in wrong) <= 1


def test_every_shape_can_be_reached() -> None:
    for shape in BY_SHAPE:
        groups = shape.split("-")
        assert all("-".join(groups[:count]) in BEGINNINGS for count in range(1, len(groups) + 1))
        assert any("9" in group for group in groups)

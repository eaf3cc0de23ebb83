"""The payment slip: decoded from the rendered page and compared field by field; references of all three kinds."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from helpdesk.billing.paper import Paper
from helpdesk.billing.qr_bill import (
    Party,
    Slip,
    allowed,
    draw_slip,
    is_qr_iban,
    payload,
    reference_for,
    spoken_reference,
)
from helpdesk.core.money import chf

QR_IBAN, IBAN = "CH4431999123000889012", "CH9300762011623852957"
VENDOR = Party("Muster Software AG", "Bahnhofstrasse", "7", "8001", "Zürich", "CH")
BUYER = Party("Łukasz & Söhne – Treuhand", "Rue de l’Œuvre", "12b", "1003", "Lausanne", "CH")


def a_slip(**more: object) -> Slip:
    values: dict = {
        "iban": QR_IBAN,
        "creditor": VENDOR,
        "debtor": BUYER,
        "amount": chf("1751.20"),
        "reference": reference_for(QR_IBAN, 2027, 42),
        "message": "Rechnung 2027-00042",
        "language": "de",
    } | more
    return Slip(**values)


def fields(reference: str, kind: str, iban: str = QR_IBAN) -> list[str]:
    return [
        "SPC",
        "0200",
        "1",
        iban,
        "S",
        "Muster Software AG",
        "Bahnhofstrasse",
        "7",
        "8001",
        "Zürich",
        "CH",
        *[""] * 7,
        "1751.20",
        "CHF",
        "S",
        "Łukasz & Söhne - Treuhand",
        "Rue de l'Œuvre",
        "12b",
        "1003",
        "Lausanne",
        "CH",
        kind,
        reference,
        "Rechnung 2027-00042",
        "EPD",
    ]


def test_a_qr_iban_takes_a_qr_reference() -> None:
    assert is_qr_iban(QR_IBAN)
    assert reference_for(QR_IBAN, 2027, 42) == "000000000000000202700000423"
    assert payload(a_slip()).split("\r\n") == fields("000000000000000202700000423", "QRR")


def test_a_plain_iban_takes_a_creditor_reference_or_none() -> None:
    reference = reference_for(IBAN, 2027, 42)
    assert reference.startswith("RF")
    assert spoken_reference(reference).replace(" ", "") == reference
    slip = a_slip(iban=IBAN, reference=reference)
    assert payload(slip).split("\r\n") == fields(reference, "SCOR", IBAN)
    assert payload(a_slip(iban=IBAN, reference="")).split("\r\n") == fields("", "NON", IBAN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": IBAN},
        {"reference": ""},
        {"reference": "000000000000000202700000429"},
        {"iban": "CH4431999123000889013"},
        {"creditor": Party("", "", "", "", "", "CH")},
    ],
)
def test_what_no_bank_would_take_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r".+"):
        payload(a_slip(**wrong))


def test_letters_outside_the_standard_are_replaced() -> None:
    assert allowed("Růžena – “Łódź” 日") == 'Růžena - "Łódź" .'


@pytest.mark.parametrize("language", ["de", "fr", "sv", "en"])
def test_the_code_on_the_page_says_the_same(language: str, tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not here")
    paper = Paper(
        "Rechnung", language=language, vendor="Muster", footer="", made_at=datetime(2027, 3, 9, tzinfo=UTC)
    )
    slip = a_slip(language=language)
    draw_slip(paper, slip)
    (tmp_path / "slip.pdf").write_bytes(paper.content())
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", str(tmp_path / "slip.pdf"), str(tmp_path / "page")], check=True
    )
    [page] = sorted(tmp_path.glob("page*.png"))
    with Image.open(page) as image:
        [code] = [found for found in zxingcpp.read_barcodes(image) if found.text.startswith("SPC")]
        width = image.width
    assert code.text.replace("\r\n", "\n") == payload(slip).replace("\r\n", "\n")
    side = (code.position.top_right.x - code.position.top_left.x) / width * 210
    assert 45 <= side <= 47

"""Documents hold every letter of the languages, break where they must, and are the same each time."""

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from helpdesk.billing.paper import Paper

AT = datetime(2027, 3, 9, 13, 5, tzinfo=UTC)


def a_paper(rows: int = 2) -> Paper:
    paper = Paper(
        "Offerte Q-2027-0042", language="de", vendor="Muster Software AG", footer="Seite", made_at=AT
    )
    paper.heading("Positionen")
    paper.listing(("Text", "Betrag"), [(f"Zeile {n}", f"CHF {n}.00") for n in range(rows)], (4, 1))
    paper.totals([("Netto", "CHF 1’234.50"), ("Total", "CHF 1’334.50")])
    return paper


def test_letters_of_all_languages_are_there() -> None:
    paper = a_paper()
    text = "Łukasz Šimúnek – «Grüsse» „Zitat“ € 5, œuvre : naïve, Åsa Öberg, −200.00"
    paper.paragraph(text)
    paper.facts([("Wer", "Ženja Åkerström-Żółć")])
    page = PdfReader(BytesIO(paper.content())).pages[0].extract_text()
    assert " ".join(text.split()) in " ".join(page.split())
    assert "Ženja Åkerström-Żółć" in page


def test_a_letter_that_the_font_lacks_leaves_a_trace() -> None:
    paper = a_paper()
    paper.paragraph("Růžena schrieb: ja 👍 \u200b\u0007 日")
    assert "Ružena schrieb: ja (U+1F44D)" in PdfReader(BytesIO(paper.content())).pages[0].extract_text()


def test_a_long_table_goes_on_on_the_next_page_with_each_line_once() -> None:
    reader = PdfReader(BytesIO(a_paper(rows=120).content()))
    assert len(reader.pages) > 2
    text = "\n".join(page.extract_text() for page in reader.pages)
    for n in range(120):
        assert text.count(f"Zeile {n}\n") + text.count(f"Zeile {n} ") == 1, n
    assert f"1 / {len(reader.pages)}" in text


def test_the_same_words_make_the_same_bytes() -> None:
    assert a_paper().content() == a_paper().content()

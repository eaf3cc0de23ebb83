"""The search field's language: words, phrases, filters, and what is wrong with a broken one."""

from datetime import timedelta

import pytest

from helpdesk.core.errors import InvalidInput
from helpdesk.tickets.question import EXPLAINED, FILTERS, read
from helpdesk.tickets.words import folded, forms, tokens


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Rechnungen", "Rechnung"),
        ("Rechnung", "Rechnungen"),
        ("factures", "facturé"),
        ("fakturor", "fakturan"),
        ("invoices", "invoicing"),
        ("Häuser", "Haus"),
        ("Buero", "Büro"),
        ("Strasse", "Straße"),
        ("Straße", "Strasse"),
        ("oeuvre", "œuvre"),
        ("saldo", "Saldoliste"),
    ],
)
def test_a_word_finds_its_forms_in_any_of_the_languages(asked, written):
    (found,) = tokens(written)
    assert any(found.startswith(form) for form in forms(asked.lower())), forms(asked.lower())


@pytest.mark.parametrize(("asked", "written"), [("Lohn", "Lager"), ("la", "lohn"), ("Konto", "kosten")])
def test_a_word_does_not_find_others(asked, written):
    assert not any(written.startswith(form) for form in forms(asked.lower()))


def test_letters_are_folded_but_kept():
    assert folded("ÉCLAIR Ångström Straße") == "eclair angstrom straße"
    assert tokens("qr_code: compta@muster.example, n°7!") == [
        "qr",
        "code",
        "compta",
        "muster",
        "example",
        "n",
        "7",
    ]


def test_words_phrases_numbers_and_filters_are_told_apart():
    question = read(
        'QR "payment slip" -sage compta@muster.example 1042 due:<2h -is:mine customer:"Muster SA"'
    )
    qr, phrase, sage, address, number = question.terms
    assert (qr.alternatives, phrase.alternatives, phrase.exact) == ((("qr",),), (("payment", "slip"),), True)
    assert sage.negated
    assert not qr.negated
    assert address.alternatives == (("compta", "muster", "example"),)
    assert number.number == 1042
    due, mine, customer = question.filters
    assert (due.sign, due.span) == ("<", timedelta(hours=2))
    assert (mine.value, mine.negated) == ("mine", True)
    assert customer.term is not None
    assert customer.term.alternatives == (("muster", "sa"),)


def test_what_stands_in_subjects_is_no_filter():
    question = read("Re: AW: Fehler: http://example.com/a 12:30")
    assert question.filters == ()
    assert len(question.terms) == 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dua:<2h", "There is no filter “dua:”. Did you mean “due:”?"),
        ("xyzzy:1", "There is no filter “xyzzy:”. There are: status:, class:"),
        ("status:new", "“status:” takes one of these: open, waiting, closed"),
        ("due:soon", "“due:” takes a length of time: due:<2h, due:>3d, due:today"),
        ("created:2h", "“created:” takes a length of time: created:<2h, created:>3d"),
        ("customer:%", "Write a word after “customer:”."),
        ("a " * 30, "Search for 15 words and filters at most."),
    ],
)
def test_a_broken_filter_is_explained(text, sentence):
    with pytest.raises(InvalidInput) as error:
        read(text)
    assert str(error.value).startswith(sentence)


def test_each_filter_is_explained_by_an_example_that_can_be_read():
    names = {each.name for example, _sentence, _values in EXPLAINED for each in read(example).filters}
    assert names == set(FILTERS)

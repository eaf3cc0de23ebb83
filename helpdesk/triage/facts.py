"""What is known about a question: the words and form of its sentences, its files, the customer, the time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from helpdesk.core.languages import detect
from helpdesk.triage.guards import Guarded, guarded_hits
from helpdesk.triage.index import Index
from helpdesk.triage.lexicon import Concept
from helpdesk.triage.sentences import Sentence, quoted_spans, sentences
from helpdesk.triage.words import Word
from helpdesk.triage.zones import letter_zones

KINDS = (
    "usage_question",
    "explanation",
    "error",
    "training",
    "configuration",
    "custom_work",
    "appointment",
    "licence",
    "billing_question",
    "feedback",
    "complaint",
    "cancellation",
    "spam",
    "auto_reply",
    "thanks_only",
    "other",
)  # fmt: skip
NOISE = ("spam", "auto_reply", "thanks_only")

#: Concepts that are shown as ignored where they stand in a footer or a quote.
ASIDE = ("hard_urgent", "error_word", "blocked")
#: Characters of a body that are read; nobody explains a question in more.
READ_AT_MOST = 8_000
_SUBJECT_AT_MOST = 300
_SURE_OF_LANGUAGE = 0.6
_LIST_FROM = 3
_SHORT_AT_MOST = 9
_EARLY = 3

_DATA_FILES = tuple(
    "xls xlsx csv tsv xml txt json dat zip ods edi sie se mdb sql qif iif mt940 sta camt bak vcf ics".split()
)
_LOGS = ("log", "dmp", "trace", "evtx", "crash", "err")
_IMAGES = ("png", "jpg", "jpeg", "gif", "bmp", "heic", "webp", "tif", "tiff", "mov", "mp4")
_DOCUMENTS = ("pdf", "doc", "docx", "odt", "rtf", "ppt", "pptx")
_FILE_CLASSES = {"data_file": _DATA_FILES, "log": _LOGS, "image": _IMAGES, "document": _DOCUMENTS}
_SIGNATURE_IMAGES = (
    "image0",
    "logo",
    "signature",
    "signatur",
    "facebook",
    "linkedin",
    "instagram",
    "outlook-",
)
_REPLY_MARKS = (
    "re:",
    "aw:",
    "sv:",
    "antw:",
    "ref:",
    "vs:",
    "rép:",
    "rep:",
    "tr:",
    "wg:",
    "fw:",
    "fwd:",
    "vb:",
    "i:",
)
_FORWARD_MARKS = ("tr:", "wg:", "fw:", "fwd:", "vb:")


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What the books say about the customer on the day the question came."""

    subscription_active: bool
    plan: str | None = None
    deployment: str | None = None
    version: str | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A message as the rules see it; `attachments` are file names, `automatic` is what the headers say."""

    subject: str
    body: str
    attachments: tuple[str, ...] = ()
    customer: CustomerFacts | None = None
    is_reply: bool = False
    automatic: bool = False
    received_at: datetime | None = None


class Evidence(NamedTuple):
    """A concept at text[start:end] of a zone ("subject" counts in the subject, all others in the body)."""

    concept: str
    words: str
    zone: str
    start: int
    end: int


class Unit(NamedTuple):
    """What one sentence says: its facts by name, and the evidence for the concepts among them."""

    zone: str
    facts: frozenset[str]
    evidence: Mapping[str, Evidence]
    words: int
    spoken: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule can ask for."""

    language: str
    language_confidence: float
    units: tuple[Unit, ...]
    mail: frozenset[str]
    numbers: Mapping[str, float]
    ignored: tuple[tuple[Evidence, str], ...]


class Reader(NamedTuple):
    """The compiled words: one index a language, one for the form of letters, and the concepts by name.

    `aside` is a smaller index a language, for what is only shown as ignored.
    """

    by_language: Mapping[str, Index]
    aside: Mapping[str, Index]
    structure: Index
    concepts: Mapping[str, Concept]


def read(question: Question, reader: Reader) -> Facts:
    """The facts of a question. Pure: the same question gives the same facts; the time read is bounded."""
    subject, replied, forwarded = bare_subject(question.subject[:_SUBJECT_AT_MOST])
    body = question.body[:READ_AT_MOST]
    zones = letter_zones(body, reader.structure, forwarded)
    own = [(z.kind, z.start, z.end) for z in zones if z.kind == "new"]
    said = " ".join(body[start:end] for _, start, end in own).strip()
    language, confidence = _language(subject, said, body)
    units, ignored = _units(
        subject, body, own, replied and bool(said), _index(reader.by_language, language, confidence), reader
    )
    passed = [(z.kind, z.start, z.end) for z in zones if z.kind in ("footer", "quote", "closing")]
    ignored += _outside(body, passed, reader, language, confidence)
    numbers = _numbers(units, question, said)
    mail = _mail_facts(units, question, said, replied, language)
    return Facts(language, confidence, tuple(units), mail, numbers, tuple(ignored))


def said_words(question: Question, reader: Reader) -> tuple[list[Word], bool]:
    """The words that are newly said, in order, and whether a question mark is among them."""
    facts = read(question, reader)
    return spoken(facts)


def spoken(facts: Facts) -> tuple[list[Word], bool]:
    """The words of all sentences that count, and whether one of them ends with a question mark."""
    words = [word for unit in facts.units for word in unit.spoken]
    return words, "mail:is:question_mark" in facts.mail


def bare_subject(subject: str) -> tuple[str, bool, bool]:
    """The subject with Re:, AW:, TR: blanked out (places stay), whether it is a reply, whether a forward."""
    rest, replied, forwarded, at = subject, False, False, 0
    for _ in range(8):
        stripped = rest.lstrip()
        lowered = stripped.lower()
        mark = next((m for m in _REPLY_MARKS if lowered.startswith(m)), None)
        if mark is None:
            break
        replied = replied or mark not in _FORWARD_MARKS
        forwarded = forwarded or mark in _FORWARD_MARKS
        at += len(rest) - len(stripped) + len(mark)
        rest = stripped[len(mark) :]
    return " " * at + rest, replied, forwarded


def _language(subject: str, said: str, body: str) -> tuple[str, float]:
    language, confidence = detect(f"{said}\n{subject}")
    if confidence < _SURE_OF_LANGUAGE and len(said) < 40:
        other, sure = detect(f"{subject}\n{body}")
        if sure > confidence:
            return other, sure
    return language, confidence


def _index(by_language: Mapping[str, Index], language: str, confidence: float) -> list[Index]:
    """The words of the language; of all languages when it is not sure."""
    if confidence >= _SURE_OF_LANGUAGE:
        return [by_language[language]]
    return list(by_language.values())


def _units(
    subject: str,
    body: str,
    own: Sequence[tuple[str, int, int]],
    skip_subject: bool,
    indexes: Sequence[Index],
    reader: Reader,
) -> tuple[list[Unit], list[tuple[Evidence, str]]]:
    units: list[Unit] = []
    ignored: list[tuple[Evidence, str]] = []
    for text, spans in ((subject, [("subject", 0, len(subject))]), (body, own)):
        if text is subject and skip_subject:
            continue
        quoted = quoted_spans(text)
        for sentence in sentences(text, spans):
            hits = guarded_hits(text, sentence, quoted, indexes, reader.concepts)
            units.append(_unit(text, sentence, hits, quoted))
            ignored.extend((_evidence(text, sentence, hit), hit.why) for hit in hits if hit.why)
    return units, ignored


def _unit(text: str, sentence: Sentence, hits: Iterable[Guarded], quoted: Sequence[tuple[int, int]]) -> Unit:
    evidence: dict[str, Evidence] = {}
    for hit in hits:
        if not hit.why and hit.concept not in evidence:
            evidence[hit.concept] = _evidence(text, sentence, hit)
    facts = set(evidence) | _form(sentence, evidence, quoted)
    return Unit(sentence.zone, frozenset(facts), evidence, len(sentence.words), tuple(sentence.words))


def _evidence(text: str, sentence: Sentence, hit: Guarded) -> Evidence:
    start, end = sentence.words[hit.first].start, sentence.words[hit.last - 1].end
    return Evidence(hit.concept, text[start:end], sentence.zone, start, end)


_WONDERING = ("curious", "tell_me")
_ASKING = ("where_is", "which_item", "how", "why", "does_exist", "meaning_of")


def _form(
    sentence: Sentence, evidence: Mapping[str, Evidence], quoted: Sequence[tuple[int, int]]
) -> set[str]:
    first = sentence.words[0].start
    early = sentence.words[min(_EARLY, len(sentence.words)) - 1].start
    opens = any(
        c in evidence and evidence[c].start <= (first if c == "does_exist" else early) for c in _ASKING
    )
    wonders = any(c in evidence for c in _WONDERING) and any(c in evidence for c in _ASKING)
    asks = sentence.asks or opens or wonders
    facts = {"is:question" if asks else "is:statement"}
    if sentence.asks:
        facts.add("is:question_mark")
    if asks and any(concept in evidence for concept in _ASKING):
        facts.add("is:asks_how")
    if sentence.items >= _LIST_FROM:
        facts.add("is:list")
    if any(sentence.start <= start < sentence.end for start, _ in quoted):
        facts.add("is:quoting")
    if len(sentence.words) <= _SHORT_AT_MOST:
        facts.add("is:short")
    if sentence.zone == "subject":
        facts.add("is:subject")
    return facts


def _outside(
    body: str, spans: Sequence[tuple[str, int, int]], reader: Reader, language: str, confidence: float
) -> list[tuple[Evidence, str]]:
    """Urgent and error words in footers and quotes: shown as ignored, so that nobody wonders."""
    found: list[tuple[Evidence, str]] = []
    indexes = _index(reader.aside, language, confidence)
    for sentence in sentences(body, [s for s in spans if s[0] in ("footer", "quote")], at_most=12):
        for hit in guarded_hits(body, sentence, (), indexes, reader.concepts):
            if hit.concept in ASIDE:
                found.append((_evidence(body, sentence, hit), sentence.zone))
    return found[:6]


def _numbers(units: Sequence[Unit], question: Question, said: str) -> dict[str, float]:
    own = [u for u in units if u.zone != "subject"]
    return {
        "attachments": len(question.attachments),
        "words": sum(u.words for u in own) or sum(u.words for u in units),
        "sentences": len(own),
        "questions": sum("is:question" in u.facts for u in units),
        "letters": len(said),
    }


def _mail_facts(
    units: Sequence[Unit], question: Question, said: str, replied: bool, language: str
) -> frozenset[str]:
    facts = (
        {f"language:{language}"}
        | set(_file_facts(question.attachments))
        | set(_customer_facts(question.customer))
    )
    facts |= {f"mail:{fact}" for unit in units for fact in unit.facts}
    if question.automatic:
        facts.add("is:automatic")
    if replied or question.is_reply:
        facts.add("is:reply")
    if not said:
        facts.add("is:empty")
    return frozenset(facts)


def _file_facts(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        lowered = name.lower()
        ending = lowered.rpartition(".")[2]
        if ending in _IMAGES and lowered.startswith(_SIGNATURE_IMAGES):
            continue
        yield "has:attachment"
        yield from (f"has:{kind}" for kind, endings in _FILE_CLASSES.items() if ending in endings)


def _customer_facts(customer: CustomerFacts | None) -> Iterable[str]:
    if customer is None:
        return
    yield "customer:known"
    yield "customer:subscription" if customer.subscription_active else "customer:no_subscription"
    if customer.plan:
        yield f"plan:{customer.plan.lower()}"
    if customer.deployment:
        yield f"deployment:{customer.deployment.lower()}"


#: What a rule may ask for besides concepts.
FORM_FACTS = (
    "is:question",
    "is:statement",
    "is:question_mark",
    "is:asks_how",
    "is:list",
    "is:quoting",
    "is:short",
    "is:subject",
)
MAIL_FACTS = (
    "is:automatic", "is:reply", "is:empty", "has:attachment", "has:data_file", "has:log", "has:image",
    "has:document", "customer:known", "customer:subscription", "customer:no_subscription",
)  # fmt: skip
NUMBER_FACTS = ("attachments", "words", "sentences", "questions", "letters")
OPEN_FACTS = ("language:", "plan:", "deployment:")

"""Rules in words: what a condition asks, what a rule does, which facts there are to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpdesk.core.languages import LANGUAGES
from helpdesk.i18n import NAMES, current_language, lazy, number, quoted
from helpdesk.i18n import gettext as _
from helpdesk.triage.content import Content
from helpdesk.web.agent.telling import kind_name

Data = Mapping[str, Any]

#: What a rule can ask besides concepts, with the words for it; concepts say themselves what they mean.
FORM = {
    "is:question": lazy("is a question"),
    "is:statement": lazy("is not a question"),
    "is:question_mark": lazy("has a question mark"),
    "is:asks_how": lazy("asks where, what, how, why or whether"),
    "is:list": lazy("lists three things or more"),
    "is:quoting": lazy("has words between quotation marks"),
    "is:short": lazy("is short, nine words at most"),
    "is:subject": lazy("stands in the subject"),
}
MAIL = {
    "is:automatic": lazy("a machine sent the mail"),
    "is:reply": lazy("the mail is a reply"),
    "is:empty": lazy("the mail has no text of its own"),
    "has:attachment": lazy("a file is attached"),
    "has:data_file": lazy("a data file is attached"),
    "has:log": lazy("a log is attached"),
    "has:image": lazy("a picture is attached"),
    "has:document": lazy("a document is attached"),
    "customer:known": lazy("the customer is known"),
    "customer:subscription": lazy("a subscription is in force"),
    "customer:no_subscription": lazy("no subscription is in force"),
    "deployment:cloud": lazy("the customer works in the cloud"),
    "deployment:on_premise": lazy("the customer works on-premise"),
}
NUMBERS = {
    "attachments": lazy("number of attachments"),
    "words": lazy("number of words"),
    "sentences": lazy("number of sentences"),
    "questions": lazy("number of questions"),
    "letters": lazy("number of letters"),
}
EFFECTS = {
    "support": lazy("paid support"),
    "hotline": lazy("free hotline"),
    "urgent": lazy("urgency"),
    "quote": lazy("a quote"),
    "noise": lazy("nothing to answer"),
}
HOW = {"all": lazy("all of these"), "any": lazy("at least one of these"), "none": lazy("none of these")}
SCOPES = {"sentence": lazy("one sentence"), "mail": lazy("the whole mail")}


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact to choose: its code, and how it reads."""

    code: str
    name: str


def fact_groups(content: Content) -> list[tuple[str, list[Choice]]]:
    """Everything a condition can ask, in groups, in the reader's language."""
    concepts = [
        Choice(name, concept_name(name, data))
        for name, data in content.concepts.items()
        if not data.get("list")
    ]
    limits = [
        Choice(f"{name} {sign}", _(word).format(name=_(NUMBERS[name])))
        for name in NUMBERS
        for sign, word in ((">=", lazy("{name}: at least")), ("<=", lazy("{name}: at most")))
    ]
    languages = [Choice(f"language:{code}", _language(code)) for code in LANGUAGES]
    return [
        (_("What the text says"), sorted(concepts, key=lambda choice: choice.name.casefold())),
        (_("The form of the sentence"), [Choice(code, _(name)) for code, name in FORM.items()]),
        (
            _("Mail and customer"),
            [
                *(Choice(code, _(name)) for code, name in MAIL.items()),
                Choice("plan:", _("the plan is called")),
            ],
        ),
        (_("Language"), languages),
        (_("Numbers"), limits),
    ]


def concept_name(name: str, data: Data) -> str:
    """What a concept means, in the reader's language; its code where nobody wrote it down."""
    own = data.get(f"means_{current_language()}")
    return str(own or _(str(data.get("means", ""))) or name)


def told_fact(fact: str, content: Content) -> str:
    """One condition in words."""
    name, sign, limit = _parts(fact)
    if sign:
        word = _("{name}: at least") if sign == ">=" else _("{name}: at most")
        return f"{word.format(name=_(NUMBERS.get(name, name)))} {limit}"
    bare, anywhere = name.removeprefix("mail:"), name.startswith("mail:")
    if bare.startswith("language:"):
        return _language(bare.removeprefix("language:"))
    if bare.startswith("plan:"):
        return _("the plan is %(plan)s", plan=quoted(bare.removeprefix("plan:")))
    known: str = FORM.get(bare) or MAIL.get(bare) or ""
    if known:
        said = _(known)
    else:
        data = content.get("concept", bare)
        said = concept_name(bare, data) if data is not None else bare
    return _("%(what)s (anywhere in the mail)", what=said) if anywhere else said


def _parts(fact: str) -> tuple[str, str, str]:
    for sign in (">=", "<="):
        if sign in fact:
            name, _sign, limit = fact.partition(sign)
            return name.strip(), sign, limit.strip()
    return fact, "", ""


def _language(code: str) -> str:
    return _("the language is %(language)s", language=NAMES.get(code, code))


def told_when(rule: Data, content: Content) -> list[str]:
    """The conditions of a rule, one sentence a group."""
    return [
        _("%(how)s: %(what)s", how=_(HOW[how]), what=_joined(rule[how], content))
        for how in ("all", "any", "none")
        if rule.get(how)
    ]


def _joined(items: Iterable[Any], content: Content) -> str:
    return "; ".join(
        told_fact(item, content) if isinstance(item, str) else _inner(item, content) for item in items
    )


def _inner(item: Any, content: Content) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    return "; ".join(
        f"({_(HOW.get(str(how), str(how)))}: {_joined(items, content)})" for how, items in item.items()
    )


def told_then(rule: Data) -> str:
    """What a rule does: points for an effect, and the kind."""
    then = rule.get("then", {})
    if not isinstance(then, Mapping):
        return ""
    parts = [f"{points(then[effect])} {_(word)}" for effect, word in EFFECTS.items() if effect in then]
    if then.get("kind"):
        parts.append(_("kind “%(kind)s”", kind=kind_name(then["kind"])))
    return ", ".join(parts)


def points(value: Any) -> str:
    """+3 or −2.5, with the sign and the comma of the reader."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{'−' if value < 0 else '+'}{number(abs(value))}"


def reason_of(rule: Data) -> str:
    """Why the rule speaks, in the reader's language."""
    return str(rule.get(f"reason_{current_language()}") or _(str(rule.get("reason", ""))))


def conflicts(rule: Data, rules: Sequence[Data]) -> list[Data]:
    """Rules of the same priority that ask for something this one asks too, and speak for the other class."""
    own, side = _asked(rule), _side(rule)
    if side is None or rule.get("on") is False:
        return []
    return [
        other
        for other in rules
        if other.get("name") != rule.get("name")
        and other.get("on") is not False
        and other.get("priority", 50) == rule.get("priority", 50)
        and _side(other) not in (None, side)
        and own & _asked(other)
        and not own & _excluded(other)
        and not _excluded(rule) & _asked(other)
    ]


def _side(rule: Data) -> str | None:
    then = rule.get("then")
    given = (
        {name: then[name] for name in ("hotline", "support") if name in then}
        if isinstance(then, Mapping)
        else {}
    )
    return max(given, key=lambda name: given[name]) if given else None


def _asked(rule: Data) -> set[str]:
    return {fact.removeprefix("mail:") for how in ("all", "any") for fact in _flat(rule.get(how, ()))}


def _excluded(rule: Data) -> set[str]:
    return {fact.removeprefix("mail:") for fact in _flat(rule.get("none", ()))}


def _flat(items: Iterable[Any]) -> Iterable[str]:
    for item in items:
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            for how, inner in item.items():
                if how != "none":
                    yield from _flat(inner)

"""The agents' pages: queue, tickets, money, mail, customers, rules, their own settings."""

from helpdesk.web.agent import (
    answers,
    customers,
    evidence,
    macros,
    mail,
    mailboxes,
    money,
    outbox,
    placed,
    queue,
    quotes,
    rule_editor,
    rule_trial,
    rules,
    settings,
    settings_pages,
    ticket,
)
from helpdesk.web.agent.blueprint import blueprint

__all__ = [
    "answers",
    "blueprint",
    "customers",
    "evidence",
    "macros",
    "mail",
    "mailboxes",
    "money",
    "outbox",
    "placed",
    "queue",
    "quotes",
    "rule_editor",
    "rule_trial",
    "rules",
    "settings",
    "settings_pages",
    "ticket",
]

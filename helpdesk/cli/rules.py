"""`helpdesk rules`: the rules as files that people read, compare and edit."""

from pathlib import Path

import click

from helpdesk.accounts.permissions import Permission, may
from helpdesk.accounts.queries import agent_by_email
from helpdesk.actions import backtest_rules, edit_rules, publish_rules
from helpdesk.cli import door
from helpdesk.cli.output import put
from helpdesk.core.actors import Actor
from helpdesk.core.clock import now
from helpdesk.core.errors import Forbidden, InvalidInput, NotFound
from helpdesk.triage.backtest import languages_that_lose
from helpdesk.triage.backtest_queries import backtest
from helpdesk.triage.content import Content, changes
from helpdesk.triage.engine import failing_examples
from helpdesk.triage.rule_files import read_files, write_files
from helpdesk.triage.rule_queries import content, live_version, published, unpublished
from helpdesk.triage.rules import check_ruleset

_FILE_AT_MOST = 5_000_000
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """The rules as files."""


@rules.command("export")
@click.argument("folder", type=_FOLDER)
@click.option("--version", "number", type=int, help="A published version instead of the one that judges.")
@click.option("--draft", is_flag=True, help="The draft instead of the version that judges.")
@click.pass_context
def export_(ctx: click.Context, folder: Path, number: int | None, draft: bool) -> None:
    """Write all rules and concepts as TOML files into FOLDER."""
    with door.inside(ctx):
        found = content(_version_id(number, draft))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in write_files(found.concepts, found.rules).items():
        (folder / name).write_text(text, encoding="utf-8")
        put(f"Wrote {folder / name}.")


@rules.command("import")
@click.argument("folder", type=_FOLDER)
@click.option("--by", "email", required=True, help="The lead in whose name it happens, by e-mail address.")
@click.option("--publish", "at_once", is_flag=True, help="Publish them at once, instead of leaving a draft.")
@click.option("--note", default="", help="What changed, for the list of versions.")
@click.pass_context
def import_(ctx: click.Context, folder: Path, email: str, at_once: bool, note: str) -> None:
    """Make the TOML files of FOLDER the draft of the rules, in place of the draft that is there."""
    new = _read(folder)
    with door.inside(ctx):
        lead = _lead(email)
        _refuse(_wrong_with(new))
        live = live_version()
        found = changes(content(live.id), new) if live else []
        edit_rules.replace(new, by=lead, now=now())
        put(f"The draft differs from the rules that judge in {len(found)} rules and concepts.")
        if at_once:
            _replay(lead)
            number = publish_rules.publish(by=lead, note=note, despite=True, now=now())
            put(f"Version {number} judges from now on.")


@rules.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.pass_context
def check(ctx: click.Context, folder: Path | None) -> None:
    """Say what is wrong with the files of FOLDER, or with the rules that judge; run their examples."""
    if folder is not None:
        found = _read(folder)
    else:
        with door.inside(ctx):
            found = content(_version_id(None, draft=False))
    _refuse(_wrong_with(found))
    put(f"{len(found.rules)} rules and {len(found.concepts)} concepts: nothing is wrong.")


def _replay(lead: Actor) -> None:
    """What the draft would have answered otherwise, before it judges (T5)."""
    run = backtest_rules.ask_backtest(max(backtest_rules.SIZES), by=lead, now=now())
    while backtest_rules.replay_some(now()):
        pass
    figures = backtest(run).figures
    for code, row in sorted(figures.get("languages", {}).items()):
        put(
            f"{code}: {row['changed']} of {row['questions']} questions answered otherwise; "
            f"right {row['right_before']} -> {row['right_after']} of {row['known']} known."
        )
    for lost in languages_that_lose(figures):
        put(f"WARNING: {lost} answers fewer right than before.")


def _version_id(number: int | None, draft: bool) -> int:
    if draft:
        edited = unpublished("draft")
        if edited is None:
            raise NotFound("There is no draft.")
        return edited.id
    live = live_version()
    if live is None:
        raise NotFound("There are no rules yet. Run `helpdesk setup` first.")
    if number is None:
        return live.id
    for version in published(limit=10_000):
        if version.number == number:
            return version.id
    raise NotFound("There is no version %(number)s.", number=number)


def _read(folder: Path) -> Content:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise InvalidInput("There are no .toml files in %(folder)s.", folder=folder)
    if sum(file.stat().st_size for file in files) > _FILE_AT_MOST:
        raise InvalidInput("The files in %(folder)s are too large for rules.", folder=folder)
    try:
        return Content.of(*read_files({file.name: file.read_text("utf-8") for file in files}))
    except UnicodeDecodeError as error:
        raise InvalidInput("The files in %(folder)s are not UTF-8.", folder=folder) from error


def _wrong_with(found: Content) -> list[str]:
    made = found.compiled()
    return [*check_ruleset(made), *failing_examples(made)]


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise InvalidInput("%(what)s", what="\n".join(wrong))


def _lead(email: str) -> Actor:
    agent = agent_by_email(email)
    if agent is None or not may(agent, Permission.EDIT_RULES):
        raise Forbidden("%(email)s is not the address of a lead.", email=email)
    return Actor("agent", agent.id, agent.name)

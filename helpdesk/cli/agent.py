"""`helpdesk agent`: the people who work here."""

import sys

import click

from helpdesk.accounts.models import ROLES, Agent
from helpdesk.accounts.queries import agent_by_email, all_agents
from helpdesk.actions import manage_accounts
from helpdesk.cli import door
from helpdesk.cli.output import put, put_table
from helpdesk.core.actors import SYSTEM
from helpdesk.core.addresses import normalise
from helpdesk.core.clock import now
from helpdesk.core.errors import NotFound
from helpdesk.core.languages import LANGUAGES


@click.group()
def agent() -> None:
    """People who work here."""


@agent.command()
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option(
    "--role", type=click.Choice(ROLES), default="agent", show_default=True, help="What they may do."
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of their pages."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, do not ask.")
@click.pass_context
def create(ctx: click.Context, email: str, name: str, role: str, language: str, password_stdin: bool) -> None:
    """Add a person, who signs in with EMAIL and a password of at least ten characters."""
    with door.inside(ctx):
        manage_accounts.create_agent(
            email, name, _password(password_stdin), role, language, by=SYSTEM, now=now()
        )
    put(f"{email} can sign in now.")


@agent.command("list")
@click.pass_context
def list_agents(ctx: click.Context) -> None:
    """List everybody, also those who left."""
    with door.inside(ctx):
        rows = [
            (a.email, a.name, a.role, a.language, "" if a.active else "deactivated") for a in all_agents()
        ]
    put_table(("email", "name", "role", "language", ""), rows)


@agent.command()
@click.argument("email")
@click.pass_context
def deactivate(ctx: click.Context, email: str) -> None:
    """Switch a person off and end their sessions at once; their work keeps their name."""
    with door.inside(ctx):
        manage_accounts.deactivate(_agent(email).id, by=SYSTEM, now=now())
    put(f"{email} can no longer sign in.")


@agent.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, do not ask.")
@click.pass_context
def password(ctx: click.Context, email: str, password_stdin: bool) -> None:
    """Give a person a new password and end their sessions."""
    with door.inside(ctx):
        manage_accounts.reset_password(_agent(email).id, _password(password_stdin), by=SYSTEM, now=now())
    put(f"{email} has a new password.")


def _agent(email: str) -> Agent:
    found = agent_by_email(normalise(email))
    if found is None:
        raise NotFound("Nobody with this e-mail address works here.")
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed

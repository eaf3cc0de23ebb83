"""`helpdesk ledger check`: the proof that every balance is the sum of its transfers."""

import click

from helpdesk.billing.ledger_check import check_ledger
from helpdesk.cli import door
from helpdesk.cli.failures import Told
from helpdesk.cli.output import put


@click.group()
def ledger() -> None:
    """Prove the books."""


@ledger.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Prove the books: sums, limits, holds, and an agreement behind every charge.

    Names each row that breaks a rule and ends with 1; without any it ends with 0.
    """
    with door.inside(ctx):
        findings = check_ledger()
    for finding in findings:
        put(f"{finding.code}: {finding.row}")
    if findings:
        raise Told(f"The books break a rule in {len(findings)} places.")
    put("The books are right.")

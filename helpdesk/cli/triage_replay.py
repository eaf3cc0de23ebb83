"""`helpdesk triage replay`: the same question again, by the rules of then or of now."""

import click

from helpdesk.actions.live_rules import rules_of
from helpdesk.cli import door
from helpdesk.cli.output import put, put_json
from helpdesk.triage.engine import judge
from helpdesk.triage.explain import sentence
from helpdesk.triage.queries import verdicts_of
from helpdesk.triage.verdict import Verdict


@click.command()
@click.argument("number", type=int)
@click.option("--live", is_flag=True, help="Ask the rules that judge now, instead of those of then.")
@click.option("--json", "as_json", is_flag=True, help="Print both verdicts of each message as JSON.")
@click.pass_context
def replay(ctx: click.Context, number: int, live: bool, as_json: bool) -> None:
    """Judge the messages of ticket NUMBER again, by the facts and the rules of then, and compare."""
    with door.inside(ctx):
        for stored, question in verdicts_of(number):
            rules = rules_of(None if live else stored.ruleset_version)
            again = judge(question, rules)
            # Through the same form as what was stored: a tuple and a list are the same there.
            same = Verdict.from_data(stored.data).as_data() == again.as_data()
            if as_json:
                then = {"message": stored.message_id, "same": same, "then": stored.data}
                put_json(then | {"now": again.as_data()})
                continue
            put(f"Message {stored.message_id}, rules {stored.ruleset_version}, now {rules.version}:")
            put(f"  {sentence(again, 'en')}")
            if not same:
                put(f"  It was: {sentence(Verdict.from_data(stored.data), 'en')}")
            put("  The verdict is the same." if same else "  The verdict is another one.")

"""Numbers follow each other, versions of one number too, whoever writes at the same moment."""

from helpdesk.billing import quotes
from helpdesk.billing.quotes import Content, Line
from helpdesk.core.money import chf
from helpdesk.db import transaction
from tests.billing.world import NOW, World

CONTENT = Content("Import", "de", "fixed", 30, [Line("Import", chf(400)), Line("Test", chf(90), 30)])


def start(world: World, year: int = 2027, **more: object) -> quotes.Quote:
    with transaction():
        return quotes.start(
            CONTENT,
            ticket_id=world.ticket,
            customer_id=world.customer,
            year=year,
            agent_id=world.agent,
            now=NOW,
            **more,  # type: ignore[arg-type]
        )


def test_numbers_go_up_by_year_and_versions_by_number(world: World) -> None:
    first = start(world)
    names = [first.name, start(world).name, start(world, version_of=first).name, start(world, 2028).name]
    assert names == ["Q-2027-0001 v1", "Q-2027-0002 v1", "Q-2027-0001 v2", "Q-2028-0001 v1"]


def test_after_number_9999_comes_10000(world: World) -> None:
    first = start(world)
    with transaction():
        quotes.by_id(first.id).number = "Q-2027-9999"
    assert [start(world).number, start(world).number] == ["Q-2027-10000", "Q-2027-10001"]


def test_the_lines_are_kept_in_order_and_add_up(world: World) -> None:
    quote = quotes.by_id(start(world).id)
    assert [line.text for line in quote.lines] == ["Import", "Test"]
    assert quote.net == chf(490)
    assert quotes.content_of(quote) == CONTENT

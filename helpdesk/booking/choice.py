"""Who takes a session that "any specialist" may do. [pure]"""

from collections.abc import Iterable, Mapping


def in_turn(
    free: Iterable[int],
    *,
    last: int | None,
    language: str,
    speaks: Mapping[int, tuple[str, ...]],
    booked: Mapping[int, int],
) -> list[int]:
    """The free specialists in the order in which they are asked.

    First whom the customer had last, then who speaks the customer's language, then who is booked least that
    week (`booked` counts it); equal ones in the order of their ids, so that the same question has one answer.
    """
    return sorted(
        free,
        key=lambda agent: (
            agent != last,
            language not in speaks.get(agent, ()),
            booked.get(agent, 0),
            agent,
        ),
    )

"""Who does something: each transfer and each line of history names one (B6)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """An agent, a contact, or the system itself. `id` is the agent's or contact's row."""

    kind: Literal["system", "contact", "agent"]
    id: int | None = None
    name: str = ""


SYSTEM = Actor("system")

"""What a customer is covered by on a day (product rule 1: no subscription in force, no free hotline)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Coverage:
    """The subscription in force on a day, or that there is none."""

    active: bool
    plan: str | None = None
    deployment: str | None = None
    valid_until: date | None = None
    assigned_agent_id: int | None = None

    @property
    def on_premise(self) -> bool:
        """On-premise customers come first and have a contact person."""
        return self.deployment == "on_premise"


NO_COVERAGE = Coverage(active=False)

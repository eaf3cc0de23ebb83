"""The error tree: each error carries a sentence for people; each door answers it in its own way."""


class HelpdeskError(Exception):
    """The root. `message` is an English sentence and the translation key of what people read."""

    #: HTTP status the web door answers with.
    status = 500

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return self.message % self.data if self.data else self.message


class SettingsError(HelpdeskError):
    """A setting is missing or broken; said at the start, never later."""


class InvalidInput(HelpdeskError):
    """What somebody typed or sent cannot be used; names the field where there is one."""

    status = 422


class NotFound(HelpdeskError):
    """There is nothing here, or nothing that this person may see: the two look alike (P1)."""

    status = 404


class Forbidden(HelpdeskError):
    """The person is known and may not do this."""

    status = 403


class Conflict(HelpdeskError):
    """The state changed underneath, or the act was done already."""

    status = 409


class NotAllowedYet(Conflict):
    """The act needs something first, an acceptance for instance (B4)."""


class InsufficientCredit(Conflict):
    """The account would fall below its limit (B2)."""


class TooManyTries(HelpdeskError):
    """Somebody tries too often; `data["until"]` says when the next try is allowed."""

    status = 429


class Unavailable(HelpdeskError):
    """A part we need is away for now (disk full, database busy): try again later."""

    status = 503

"""One message as a mail server hands it over: the bytes and the envelope they came in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """`raw` is what the sender sent, without any header of ours; the envelope says for whom it really is."""

    raw: bytes
    envelope_from: str
    envelope_to: tuple[str, ...]
    #: The network address of whoever handed it over.
    peer: str

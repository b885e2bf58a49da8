"""What is said to a client whose bytes are no request that can be answered."""


class ProtocolError(Exception):
    """The connection ends: with `status`, and a sentence for the client that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


UNREADABLE_FIELDS = "The header fields cannot be read."

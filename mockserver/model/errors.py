"""What can go wrong, as a tree that fits on a screen and carries data.

A `Refusal` becomes an HTTP answer in the vendor's own shape: each vendor has one function for it.
A `MockServerError` is told to the person who uses this product.
"""

from http import HTTPStatus


class MockServerError(Exception):
    """The product was used or configured wrongly; the text says what and where."""


class ConfigurationError(MockServerError):
    """A setting, file, flag or variable that cannot be used."""


class StoreError(MockServerError):
    """The store cannot be reached, or keeps nothing: the text says why, without its secrets."""


class Full(MockServerError):
    """There is no room for another state; the text says how to make some."""


class ControlError(MockServerError):
    """The admin API refused a call; the text says why.

    Attributes:
        status: The status of its answer; 0 where no answer came.
        members: Further members of the problem details that answer it over HTTP.
    """

    def __init__(self, status: int, message: str, **members: object) -> None:
        super().__init__(message)
        self.status = status
        self.members = members


class Refusal(Exception):
    """The vendor says no: an HTTP status, a text for people, and the vendor's own word, if any.

    `why`: what the journal says in place of the text, where the vendor tells less than we know.
    """

    status = 400

    def __init__(
        self, message: str, *, status: int | None = None, kind: str = "", why: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.why = why or message
        self.status = status or self.status
        self.kind = kind


class UnreadableBody(Refusal):
    """The body is too large, in an unknown encoding, no JSON, or not of the needed shape."""


class UnknownPath(Refusal):
    """No endpoint of this vendor has this path."""

    status = 404

    def __init__(self, path: str = "") -> None:
        message = "There is nothing at this path."
        slashes = "The path begins with two slashes: the base URL may end in one."
        super().__init__(message, why=slashes if path.startswith("//") else message)


class WrongMethod(Refusal):
    """The path is an endpoint's, the method is not. `allowed`: the methods that are."""

    status = 405

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__("The method is not allowed at this path.")
        self.allowed = allowed


class InternalError(Refusal):
    """The vendor failed: by order of a test, or because an endpoint of ours raised."""

    status = 500

    def __init__(self) -> None:
        super().__init__("An internal error occurred.")


ERROR_STATUSES = frozenset(status.value for status in HTTPStatus if status >= 400)
"""The statuses of errors that have a name."""


def ordered(status: int) -> Refusal:
    """The refusal by which a vendor answers with one of `ERROR_STATUSES`."""
    if status == InternalError.status:
        return InternalError()
    return Refusal(f"{HTTPStatus(status).phrase}.", status=status)

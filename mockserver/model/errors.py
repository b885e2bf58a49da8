"""The errors of the product.

A `Refusal` becomes a response in the vendor's own shape: each vendor has one function for it.
A `MockServerError` is shown to the user of this product.
"""

from http import HTTPStatus
from typing import ClassVar

OUR_ERROR = (
    "This is an error of token-mockserver, or of a package that adds a vendor to it: report it"
    " with the lines below."
)
"""The advice in the log for an unexpected exception."""


class MockServerError(Exception):
    """A wrong use or configuration of this package; the text names the cause and the place."""


class ConfigurationError(MockServerError):
    """A setting, file, flag or variable that cannot be used."""


class StoreError(MockServerError):
    """The store cannot be reached or written to; the text says why, without secrets."""


class StoreUnavailable(StoreError):
    """The store does not respond. Another attempt would also wait, or write twice."""


class ControlError(MockServerError):
    """The admin API refused a call; the text says why.

    Attributes:
        status: The status of the response; 0 if there was no response.
        members: Further members of the problem details in the response.
    """

    def __init__(self, status: int, message: str, **members: object) -> None:
        super().__init__(message)
        self.status = status
        self.members = members


class Refusal(Exception):
    """A request that the vendor refuses.

    Attributes:
        usual: The HTTP status of a refusal that is created without one.

    Args:
        message: The text of the vendor's response.
        status: The HTTP status.
        kind: The vendor's own term for this error; "" if it has none.
        why: The reason for the journal, if it says more than the message.
    """

    usual: ClassVar[int] = 400

    def __init__(
        self, message: str, *, status: int | None = None, kind: str = "", why: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.why = why or message
        self.status = status or self.usual
        self.kind = kind


class UnreadableBody(Refusal):
    """The body is too large, has an unknown encoding, is not JSON, or has another shape."""


class UnknownPath(Refusal):
    """No endpoint of this vendor has this path."""

    usual: ClassVar[int] = 404

    def __init__(self, path: str = "") -> None:
        message = "There is nothing at this path."
        slashes = "The path begins with two slashes: the base URL may end in one."
        super().__init__(message, why=slashes if path.startswith("//") else message)


class WrongMethod(Refusal):
    """An endpoint has this path, but not this method; `allowed` has the methods."""

    usual: ClassVar[int] = 405

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__("The method is not allowed at this path.")
        self.allowed = allowed


class InternalError(Refusal):
    """A failure of the vendor, which a test requested or an exception in an endpoint caused."""

    usual: ClassVar[int] = 500

    def __init__(self) -> None:
        super().__init__("An internal error occurred.")


ERROR_STATUSES = frozenset(status.value for status in HTTPStatus if status >= 400)
"""The statuses of errors that have a name."""


def refusal_with(status: int) -> Refusal:
    """Return the refusal with one of `ERROR_STATUSES`, such as a stub or magic account causes."""
    if status == InternalError.usual:
        return InternalError()
    return Refusal(f"{HTTPStatus(status).phrase}.", status=status)


def check_flags(**flags: object) -> None:
    """Raise TypeError for an argument that is neither True nor False: "false" would be true."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, not {value!r}")

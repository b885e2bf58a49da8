"""Why a check was not made: a closed list of reasons, and the exception that carries one."""

from enum import StrEnum
from typing import NamedTuple, NoReturn

import pytest


class Reason(StrEnum):
    """Why a check was not made. The value is the text that reports show."""

    CREDENTIAL_MISSING = "credential missing"
    CREDENTIAL_REFUSED = "credential refused"
    HOST_UNREACHABLE = "host unreachable"
    OUTAGE = "outage"
    NO_API = "no API there"
    NO_ADDRESS = "no address"
    REDIRECTED = "redirected"
    CANNOT_BE_PROVOKED = "cannot be provoked there"
    CANNOT_BE_CHECKED = "cannot be checked"
    DESTRUCTIVE = "destructive not allowed"
    BUDGET_SPENT = "budget spent"
    NOT_JUDGED = "not judged because of a finding"
    INTERRUPTED = "interrupted"
    NOTHING_ASKED = "nothing was asked"

    @property
    def is_outage(self) -> bool:
        """Return True if the service did not answer as usual, so that later runs may succeed."""
        return self in (Reason.HOST_UNREACHABLE, Reason.OUTAGE, Reason.NO_API)

    @property
    def remedy(self) -> int:
        """Return how much the user can do about it; the lowest number comes first in reports."""
        return _REMEDIES.index(self) if self in _REMEDIES else len(_REMEDIES)


_REMEDIES = (
    Reason.HOST_UNREACHABLE,
    Reason.OUTAGE,
    Reason.NO_ADDRESS,
    Reason.CREDENTIAL_MISSING,
    Reason.CREDENTIAL_REFUSED,
    Reason.REDIRECTED,
    Reason.NO_API,
    Reason.BUDGET_SPENT,
)


class Why(NamedTuple):
    """A reason and what exactly is the matter."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


class CheckSkipped(pytest.skip.Exception):  # type: ignore[name-defined, misc]
    """A check that cannot be made; pytest reports it as skipped."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def not_checked(reason: Reason, detail: str = "") -> NoReturn:
    """End the running check.

    Args:
        reason: The kind of reason.
        detail: What exactly is the matter, such as the variable that is not set.

    Raises:
        CheckSkipped: Always.
    """
    raise CheckSkipped(Why(reason, detail))

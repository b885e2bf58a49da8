"""What a check states, the evidence for it, and why a check was not made."""

import inspect
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn, get_args

import pytest

from mockserver.model.vendor import Vendor
from mockserver.vendors import discover

Tag = Literal["S", "P", "C", "X"]
"""How well a statement is known."""

Verdict = Literal["agrees", "drifted", "confirmed", "refuted", "not-checked", "broken"]
Grade = Literal["breaking", "additive", "cosmetic"]

DOCUMENTED = ("S", "P")
"""Tags of what a page of the vendor says: a deviation from it is drift."""


@dataclass(frozen=True)
class Evidence:
    """The tag of a rule, which says how well it is known (S, P, C, X), and its source."""

    tag: Tag
    source: str


UNDOCUMENTED = Evidence("X", "no page")


def rank(tag: Tag) -> int:
    """Return the position of a tag in the order S, P, C, X: 0 for what is known best."""
    return get_args(Tag).index(tag)


@dataclass(frozen=True)
class Statement:
    """The arguments of `@statement`; empty texts are derived from the check and its module."""

    tag: Tag
    source: str
    text: str
    vendor: str
    grade: Grade
    destructive: bool
    first: bool
    of_mock: bool


@dataclass(frozen=True)
class Check:
    """One check, as a report names it.

    Attributes:
        grade: The grade of the drift if the statement is wrong.
        destructive: True if the check permanently ends something, such as a token.
        risky: True if it does so if the statement is wrong.
        first: True if the check must precede others, which use up what it needs.
        of_mock: True if the statement is about the mock alone.
    """

    id: str
    vendor: str
    statement: str
    tag: Tag
    source: str
    grade: Grade
    destructive: bool
    risky: bool
    first: bool
    of_mock: bool

    @property
    def order(self) -> tuple[int, int]:
        """Return the sort key: well-known statements precede others within each phase."""
        phase = 0 if self.first else 3 if self.destructive else 2 if self.risky else 1
        return phase, rank(self.tag)


@cache
def vendors() -> dict[str, Vendor[Any]]:
    """Return every vendor by name; discovery takes long, so it happens once."""
    return {vendor.name: vendor for vendor in discover()}


CHECK = pytest.StashKey[Check]()
"""Where a pytest item keeps its `Check`."""


def statement(  # noqa: PLR0913 - by name only
    *,
    tag: Tag,
    source: str,
    text: str = "",
    vendor: str = "",
    grade: Grade = "breaking",
    destructive: bool = False,
    first: bool = False,
    of_mock: bool = False,
) -> pytest.MarkDecorator:
    """Return the mark that says what a check states.

    Args:
        tag: How well the weakest part of the statement is known: S, P, C or X.
        source: The page or code that makes the statement.
        text: The statement; by default the first paragraph of the docstring of the check.
        vendor: The vendor; by default that of the module, `test_<vendor>.py` or
            `test_<vendor>_<subject>.py`.
        grade: As in `Check`.
        destructive: As in `Check`.
        first: As in `Check`.
        of_mock: As in `Check`.

    One parameter of a check may be marked `risky`.
    """
    if tag not in get_args(Tag):
        raise ValueError(f"{tag!r} is not a tag; use one of {', '.join(get_args(Tag))}")
    return pytest.mark.statement(
        Statement(tag, source, text, vendor, grade, destructive, first, of_mock)
    )


def check_of(item: pytest.Function) -> Check:
    """Return the check of a pytest item.

    Raises:
        pytest.Collector.CollectError: If the item does not say what it states.
    """
    mark = item.get_closest_marker("statement")
    said: Statement | None = mark.args[0] if mark else None
    text = said and (said.text or _first_paragraph(item))
    if not said or not text or not said.source:
        raise pytest.Collector.CollectError(
            f"{item.nodeid} does not say what it checks: give it a docstring and"
            " @statement(tag=..., source=...)"
        )
    vendor = said.vendor or _vendor_of(item)
    name = item.name.removeprefix("test_")
    return Check(
        f"{vendor}.{name}",
        vendor,
        text,
        said.tag,
        said.source,
        said.grade,
        said.destructive,
        item.get_closest_marker("risky") is not None,
        said.first,
        said.of_mock,
    )


def vendor_of_module(path: Path) -> str | None:
    """Return the vendor that the name of a module of checks begins with, or None."""
    fitting = [name for name in vendors() if f"{path.stem}_".startswith(f"test_{name}_")]
    return max(fitting, key=len, default=None)


def _vendor_of(item: pytest.Function) -> str:
    vendor = vendor_of_module(item.path)
    if vendor is None:
        raise pytest.Collector.CollectError(f"{item.nodeid}: the name of its module has no vendor")
    return vendor


def _first_paragraph(item: pytest.Function) -> str:
    paragraph = (inspect.getdoc(item.function) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


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
        """Return the position in reports, where reasons that the user can remove come first."""
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
    """A reason, and the details of this case."""

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
        detail: The details of this case, such as the variable that is not set.

    Raises:
        CheckSkipped: Always.
    """
    raise CheckSkipped(Why(reason, detail))

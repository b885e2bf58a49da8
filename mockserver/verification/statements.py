"""What a check states, and the evidence for it."""

import inspect
from dataclasses import dataclass
from typing import get_args

import pytest

from mockserver.verification.contract_tree import vendors
from mockserver.verification.results import Grade, Tag


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
        destructive: True if the check ends something that cannot be had back.
        risky: True if it does so where the statement is wrong.
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
        return phase, get_args(Tag).index(self.tag)


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


def _vendor_of(item: pytest.Function) -> str:
    stem = f"{item.path.stem}_"
    fitting = [name for name in vendors() if stem.startswith(f"test_{name}_")]
    if not fitting:
        raise pytest.Collector.CollectError(f"{item.nodeid}: the name of its module has no vendor")
    return max(fitting, key=len)


def _first_paragraph(item: pytest.Function) -> str:
    paragraph = (inspect.getdoc(item.function) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())

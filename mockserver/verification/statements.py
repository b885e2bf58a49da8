"""What a check states, and on whose word."""

import inspect
from dataclasses import dataclass
from typing import get_args

import pytest

from mockserver.verification.contract_tree import vendors
from mockserver.verification.results import Grade, Tag


@dataclass(frozen=True)
class Statement:
    """What `@statement` was given; `text` and `vendor` are empty where they are to be derived."""

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

    `grade`: of what it means if the statement is not true. `destructive`: it ends something that
    cannot be had back; `risky`: it does so if the statement is not true. `first`: it must come
    before the others, which use up what it needs. `of_mock`: it says something of our mock alone.
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
    def turn(self) -> tuple[int, int]:
        """When it is made: what is best known first, but for what must be first or last."""
        phase = 0 if self.first else 3 if self.destructive else 2 if self.risky else 1
        return phase, get_args(Tag).index(self.tag)


CHECK = pytest.StashKey[Check]()
"""Where the `Check` of a pytest item is kept."""


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
    """Mark a check with what it states.

    `tag`: S, P, C or X; `source`: the page or code that says so. `text`: the statement, by default
    the first paragraph of the check's docstring. `vendor`: by default that of its module, which is
    `test_<vendor>.py` or `test_<vendor>_<subject>.py`. The rest as in `Check`.

    One parameter of a check may be marked `risky`.
    """
    if tag not in get_args(Tag):
        raise ValueError(f"{tag!r} is no tag; there are {', '.join(get_args(Tag))}")
    return pytest.mark.statement(
        Statement(tag, source, text, vendor, grade, destructive, first, of_mock)
    )


def check_of(item: pytest.Function) -> Check:
    """The check that an item is. Raises CollectError for one that does not say what it states."""
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
        raise pytest.Collector.CollectError(f"{item.nodeid}: its module is no vendor's")
    return max(fitting, key=len)


def _first_paragraph(item: pytest.Function) -> str:
    paragraph = (inspect.getdoc(item.function) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())

"""What a check states, and on whose word."""

import inspect
from dataclasses import dataclass
from typing import Literal, get_args

import pytest

from .contract import vendor_names

Tag = Literal["S", "P", "C", "X"]


@dataclass(frozen=True)
class Statement:
    """What `@statement` was given; `text` and `vendor` are empty where they are to be derived."""

    tag: Tag
    source: str
    text: str
    vendor: str
    destructive: bool


@dataclass(frozen=True)
class Check:
    """One check, as a report names it. `destructive`: it ends something that cannot be had back."""

    id: str
    vendor: str
    statement: str
    tag: Tag
    source: str
    destructive: bool


CHECK = pytest.StashKey[Check]()
"""Where the `Check` of a pytest item is kept."""


def statement(
    *, tag: Tag, source: str, text: str = "", vendor: str = "", destructive: bool = False
) -> pytest.MarkDecorator:
    """Mark a check with what it states.

    `tag`: S, P, C or X; `source`: the page or code that says so. `text`: the statement, by default
    the first paragraph of the check's docstring. `vendor`: by default that of its module, which is
    `test_<vendor>.py` or `test_<vendor>_<subject>.py`.
    """
    if tag not in get_args(Tag):
        raise ValueError(f"{tag!r} is no tag; there are {', '.join(get_args(Tag))}")
    return pytest.mark.statement(Statement(tag, source, text, vendor, destructive))


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
    return Check(f"{vendor}.{name}", vendor, text, said.tag, said.source, said.destructive)


def _vendor_of(item: pytest.Function) -> str:
    stem = f"{item.path.stem}_"
    fitting = [name for name in vendor_names() if stem.startswith(f"test_{name}_")]
    if not fitting:
        raise pytest.Collector.CollectError(f"{item.nodeid}: its module is no vendor's")
    return max(fitting, key=len)


def _first_paragraph(item: pytest.Function) -> str:
    paragraph = (inspect.getdoc(item.function) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())

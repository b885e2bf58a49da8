"""The exchanges that the vendors' pages print, from `fixtures/`, whose README has the format."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.verification.results import Tag

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE.parent / "fixtures", _PACKAGE / "_fixtures")  # in the repository, the wheel


@dataclass(frozen=True)
class PrintedExchange:
    """One file: a request, the printed answer, and the state that they need."""

    name: str
    content: Mapping[str, Any]

    @property
    def vendor(self) -> str:
        """Return the vendor."""
        return str(self.content["vendor"])

    @property
    def tag(self) -> Tag:
        """Return how well the exchange is known."""
        tag: Tag = self.content["tag"]
        return tag

    @property
    def source(self) -> str:
        """Return the page that prints it."""
        return str(self.content["source"])

    @property
    def answer(self) -> Mapping[str, Any]:
        """Return the printed answer; empty if none is printed."""
        return self.content["response"] or {}

    @property
    def varies(self) -> list[str]:
        """Return the JSON pointers to values that no mock can repeat."""
        return list(self.content["varies"])

    @property
    def equal_parts(self) -> Mapping[str, list[str]]:
        """Return by JSON pointer to a token the parts that are repeated all the same."""
        return dict(self.content.get("equal_parts", {}))

    @property
    def account(self) -> Mapping[str, str] | None:
        """Return the credentials of an account to add first."""
        return (self.content["setup"] or {}).get("account")

    @property
    def token(self) -> str | None:
        """Return a text in the request that a token of the account replaces."""
        return (self.content["setup"] or {}).get("token")


@cache
def exchanges() -> tuple[PrintedExchange, ...]:
    """Return all printed exchanges."""
    paths = sorted(path for folder in _FOLDERS for path in folder.glob("*/*.json"))
    if not paths:
        raise FileNotFoundError(f"no exchanges in {' or in '.join(map(str, _FOLDERS))}")
    return tuple(
        PrintedExchange(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in paths
    )

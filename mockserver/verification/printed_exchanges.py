"""What the vendors' pages print: the exchanges under `fixtures/`, whose README says the format."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import mockserver
from mockserver.verification.results import Tag

_PACKAGE = Path(mockserver.__file__).parent
_FOLDERS = (_PACKAGE.parent / "fixtures", _PACKAGE / "_fixtures")  # in the repository, the wheel


@dataclass(frozen=True)
class PrintedExchange:
    """One file: a request, the answer that is printed for it, and what must be there first."""

    name: str
    content: Mapping[str, Any]

    @property
    def vendor(self) -> str:
        """Whose page it is."""
        return str(self.content["vendor"])

    @property
    def tag(self) -> Tag:
        """How well known it is."""
        tag: Tag = self.content["tag"]
        return tag

    @property
    def source(self) -> str:
        """Which page."""
        return str(self.content["source"])

    @property
    def answer(self) -> Mapping[str, Any]:
        """What is printed as the answer; empty where nothing is."""
        return self.content["response"] or {}

    @property
    def varies(self) -> list[str]:
        """JSON pointers to what no mock can repeat."""
        return list(self.content["varies"])

    @property
    def equal_parts(self) -> Mapping[str, list[str]]:
        """For a JSON pointer to a token: the parts that are repeated all the same."""
        return dict(self.content.get("equal_parts", {}))

    @property
    def account(self) -> Mapping[str, str] | None:
        """Credentials to be known first."""
        return (self.content["setup"] or {}).get("account")

    @property
    def token(self) -> str | None:
        """A text in the request, in whose place a token of the account is sent."""
        return (self.content["setup"] or {}).get("token")


@cache
def exchanges() -> tuple[PrintedExchange, ...]:
    """All that is printed. What was observed at a vendor is kept elsewhere, in another format."""
    paths = sorted(path for folder in _FOLDERS for path in folder.glob("*/*.json"))
    if not paths:
        raise FileNotFoundError(f"no exchanges in {' or in '.join(map(str, _FOLDERS))}")
    return tuple(
        PrintedExchange(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in paths
    )

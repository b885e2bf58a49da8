"""A vendor's contract: the OpenAPI 3.1 document in its folder."""

from functools import cache
from pathlib import Path
from typing import Any

from mockserver.model.vendor import Vendor


def contract_of(vendor: Vendor[Any]) -> dict[str, Any]:
    """Return the document as plain values. It is cached: do not change it."""
    return _load(vendor.contract)


@cache
def _load(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - a mock in a test process never reads a contract

    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document

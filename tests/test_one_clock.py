"""Nothing but model/clock.py reads the time: the sources are searched, names and all."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver

PACKAGE = Path(mockserver.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

READERS = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
        *("datetime.date.today", "uuid.uuid1", "email.utils.localtime"),
    }
)
HARMLESS = frozenset({"time.sleep", "time.struct_time"})
CLOCK = "model/clock.py"
WIRE = "server"
REAL_SECONDS = {"time.monotonic", "time.clock_gettime", "time.CLOCK_MONOTONIC"}
"""What the wire may use for delays and time limits: it never says what time it is."""
WAITS = {
    CLOCK: {"time.time_ns", *REAL_SECONDS},
    "verification/mock_adapters.py": {"time.monotonic"},
}
"""Who waits for something does so for real seconds."""


def readings(source: str) -> set[str]:
    """What a module uses that reads the machine's time, under its full name."""
    tree = ast.parse(source)
    known = dict(_imported(tree))
    used = {_full_name(node, known) for node in ast.walk(tree)}
    return {name for name in used if name in READERS or _of_module_time(name)}


def _of_module_time(name: str) -> bool:
    return name.startswith("time.") and name not in HARMLESS


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full_name(node: ast.AST, known: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, known)}.{node.attr}"
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import time; time.time()", "time.time"),
        ("import time as t; x = t.time_ns", "time.time_ns"),
        ("from time import monotonic as m\ndef f(clock=m): ...", "time.monotonic"),
        ("import time; time.gmtime()", "time.gmtime"),
        ("import time; time.clock_gettime(time.CLOCK_REALTIME)", "time.CLOCK_REALTIME"),
        ("import datetime; datetime.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime; datetime.utcnow()", "datetime.datetime.utcnow"),
        ("from datetime import date as d; d.today()", "datetime.date.today"),
        ("from uuid import uuid1; uuid1()", "uuid.uuid1"),
    ],
)
def test_search_finds_what_reads_the_time(source: str, name: str) -> None:
    assert name in readings(source)


@pytest.mark.parametrize(
    "source",
    [
        "import time; time.sleep(1)",
        "from datetime import datetime; datetime.fromisoformat('2026-01-01')",
        "from datetime import date; date.fromisoformat('2026-01-01')",
        "class clock: ...\nclock.now()",
    ],
)
def test_search_finds_nothing_else(source: str) -> None:
    assert readings(source) == set()


@pytest.mark.parametrize("module", [name for name in MODULES if name != CLOCK])
def test_no_other_module_reads_the_time(module: str) -> None:
    allowed = REAL_SECONDS if module.startswith(WIRE) else WAITS.get(module, set())
    assert readings((PACKAGE / module).read_text()) <= allowed


def test_clock_reads_the_time() -> None:
    assert readings((PACKAGE / CLOCK).read_text()) == WAITS[CLOCK]

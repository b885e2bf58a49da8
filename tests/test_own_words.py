"""Redaction changes none of our own error texts, and a vendor is named in its folder alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from mockserver.model.redaction import Redactor

ROOT = Path(mockserver.__file__).parent
INSIDE = {"vendors", "_contract_tests", "_fixtures"}  # the last two are in a wheel only
TOLD = {"Refusal", "MappingError", "ConfigurationError", "UnreadableBody", "problem", "_Outcome"}


def texts() -> Iterator[str]:
    """Each text that an error is made with; x in the places that are filled."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = node.args if node.func.id in TOLD else []
                yield from (text for value in given if (text := _text(value)))


def _text(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "x"
        for part in parts
        if isinstance(part, (ast.Constant, ast.FormattedValue))
    )


def test_there_are_texts() -> None:
    assert len(set(texts())) > 80
    assert any("admin token" in text for text in texts())


@pytest.mark.parametrize("text", sorted(set(texts())))
def test_own_error_text_is_not_redacted(text: str) -> None:
    assert Redactor(b"key", tuple).body(text) == text


def test_a_vendor_is_named_in_its_folder_and_the_type_stub_alone() -> None:
    names = [
        folder.name for folder in (ROOT / "vendors").iterdir() if (folder / "NOTES.md").is_file()
    ]
    assert len(names) == 4
    named = re.compile("|".join(names), re.IGNORECASE)
    files = [path for path in ROOT.rglob("*.*") if path.suffix in {".py", ".html", ".yaml", ".js"}]
    outside = [path for path in files if path.relative_to(ROOT).parts[0] not in INSIDE]
    assert [str(path) for path in outside if named.search(path.read_text(encoding="utf-8"))] == []


def test_one_class_name_is_one_class() -> None:
    """The settings of each vendor are called Settings. A wheel also has the contract tests."""
    found: dict[str, str] = {}
    for path in [path for path in ROOT.rglob("*.py") if "_contract_tests" not in path.parts]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and (node.name, path.parts[-3]) != (
                "Settings",
                "vendors",
            ):
                assert node.name not in found, f"{path} and {found[node.name]}"
                found[node.name] = str(path)

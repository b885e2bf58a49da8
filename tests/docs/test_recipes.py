"""The recipes print what the page says, when they are pasted one after the other."""

import re
import shutil
from pathlib import Path

import pytest

from tests.command_line import in_shell, serving

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def alike(printed: str) -> str:
    """A text without what is never the same, ids of tokens and redaction tags, and in one line.

    An answer of JSON ends without a line feed, so the next one begins behind it.
    """
    printed = re.sub(r'"id":"[0-9a-f]{16}"', '"id":"..."', printed)
    return re.sub(r"redacted:[0-9a-f]{4}", "redacted:....", printed).replace("\n", "")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("namespace", ["", "/ns/a-test"])
def test_every_line_prints_what_stands_below_it(namespace: str, tmp_path: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text())
    script = "".join(text for kind, text in blocks if kind == "sh")
    expected = "".join(text for kind, text in blocks if kind == "text")
    assert script.count("curl") > 20
    with serving("--port", "0", cwd=tmp_path) as served:
        script = script.replace("http://127.0.0.1:7401", served.url + namespace)
        assert alike(in_shell(script, tmp_path)) == alike(expected)

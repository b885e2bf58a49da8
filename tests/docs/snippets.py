"""Fenced blocks of the documentation's Markdown pages."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->", re.DOTALL)
_FILE_NAME = re.compile(r"(?:<\?php\n)?(?:#|//) (\S+\.\w+)\n")
_GENERATED = {"ledger.md"}


@dataclass
class Snippet:
    """A fenced block: its language, its text, the line of the page, and why it is not run.

    `output`: the text of a `text` block directly below, which the block prints.
    """

    language: str
    text: str
    line: int
    not_run: str = ""
    output: str | None = None

    @property
    def file_name(self) -> str:
        """The name of the file that the block is, from a comment in its first line, or ""."""
        found = _FILE_NAME.match(self.text)
        return found[1] if found else ""


def pages() -> list[Path]:
    """Return every page that people write, relative to the repository's root."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    kept = [page for page in found if page.name not in _GENERATED and "_build" not in page.parts]
    return sorted(page.relative_to(ROOT) for page in kept)


def snippets(page: Path) -> list[Snippet]:
    """Return the fenced blocks of a page in order, without directives such as `{toctree}`."""
    found: list[Snippet] = []
    comment, last_line = "", -1
    for token in MarkdownIt().enable("table").parse((ROOT / page).read_text(encoding="utf-8")):
        if token.map is None or token.type not in ("fence", "html_block", "paragraph_open"):
            continue
        comment, marked = "", comment
        if token.type == "html_block":
            comment = token.content
        elif token.type == "fence":
            start, end = token.map
            if token.info == "text" and start == last_line and found:
                found[-1].output = token.content
            elif not token.info.startswith("{"):
                reason = _NOT_RUN.search(marked)
                not_run = " ".join(reason[1].split()) if reason else ""
                found.append(Snippet(token.info, token.content, start + 1, not_run))
            last_line = end
    return found

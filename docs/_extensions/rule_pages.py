"""A page for each rule for token clients: the rule itself and its section of `rules.md`.

In the repository `rules.md` has all sections. On the site it is a table that leads to the pages.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

from mockserver.verdicts.exchanges import Rule
from mockserver.verdicts.rules import RULES

_PARTS = re.compile(r"Why( \(a warning\))?: (.+?) On the wire: (.+?) Right: (.+)", re.DOTALL)
_RFC = re.compile(r"RFC (\d+), ([\d.]+\d|\d+)")
_HEAD = """# The rules for token clients

[Judge a token client](how-to/verdicts.md) says how the rules are used, and what they cannot see.

| rule | severity | what a client does |
| --- | --- | --- |
"""


def write_pages(app: Sphinx) -> None:
    """Write the pages to `docs/rules`, which is not part of the repository."""
    folder = Path(app.srcdir, "rules")
    folder.mkdir(exist_ok=True)
    written = Path(app.srcdir, "rules.md").read_text(encoding="utf-8").split("\n## ")[1:]
    sections = dict(each.split("\n", 1) for each in written)
    for rule in RULES:
        text = " ".join(sections[rule.id].split())
        (folder / f"{rule.id}.md").write_text(_page(rule, text), encoding="utf-8")


def show_table(_app: Sphinx, page: str, content: list[str]) -> None:
    """Replace the sections of `rules.md` by the table."""
    if page == "rules":
        rows = [f"| [{one.id}](rules/{one.id}.md) | {one.severity} | {one.text} |" for one in RULES]
        names = [f"rules/{rule.id}" for rule in RULES]
        tree = ["", "```{toctree}", ":hidden:", "", *names, "```", ""]
        content[0] = _HEAD + "\n".join([*rows, *tree])


def _page(rule: Rule, text: str) -> str:
    found = _PARTS.fullmatch(text)
    if found is None:
        raise ValueError(f"rules.md: {rule.id} needs Why:, On the wire: and Right:")
    why, wire, right = (part[0].upper() + part[1:] for part in found.groups()[1:])
    source = _RFC.sub(r"[\g<0>](https://www.rfc-editor.org/rfc/rfc\1#section-\2)", rule.source)
    return (
        f"# {rule.id}\n\n{rule.text} Severity: {rule.severity}.\n\n## Why\n\n{why}\n\n"
        f"## On the wire\n\n{wire}\n\n## How a client does it right\n\n{right}\n\n"
        f"## Source\n\n{source}.\n"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before the sources are read."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", show_table)
    return {"parallel_read_safe": True}

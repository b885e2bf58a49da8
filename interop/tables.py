"""Tables of measured results in the pages of the documentation."""

from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def filled(page: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with each table between its comments made again."""
    for name, make in tables.items():
        begin, end = f"<!-- table: {name} -->\n", "<!-- end of the table -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n{make()}\n\n{end}{after}"
    return page


def code(text: str) -> str:
    """Return a text as code in the cell of a table."""
    return f"`{text.replace('|', '/').replace('`', chr(39))}`"

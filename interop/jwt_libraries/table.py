"""`python -m interop.jwt_libraries.table`: make the documentation's tables."""

from collections.abc import Callable, Iterator, Sequence

from interop.results import Row, latest, latest_date
from interop.tables import ROOT, code, filled

PAGE = ROOT / "docs" / "reference" / "jwt-libraries.md"
_SUBJECT = "jwt-libraries"
_GOOD = "accepted"
_PREFIXED = "kitegateway"
_JUDGED = (
    "dstor",
    "dstor, audience given",
    "datasentinel",
    "dapi",
    "kitegateway, prefix removed",
    "expired",
    "expired 2 minutes ago",
    "expired 30 s ago",
    "not-yet-valid",
    "iat 10 minutes ahead",
    "exp with a fraction",
    "exp as text",
    "with a line feed at the end",
)


def prefix_table() -> str:
    """Return Markdown: what each library says to a token with Kitegateway's prefix."""
    rows = [row for row in latest(_SUBJECT) if row["token"] == _PREFIXED]
    lines = _table(("library", "verify", "read without a key"), ("verify", "read"), rows)
    return "\n".join([f"Measured on {latest_date(_SUBJECT)}.", "", *lines])


def claims_table() -> str:
    """Return Markdown: for each token, the libraries that refuse it, with their errors."""
    rows = [row for row in latest(_SUBJECT) if row["verify"] is not None]
    lines = ["| token | accepted by | refused by |", "| --- | --: | --- |"]
    for token in _JUDGED:
        judged = [row for row in rows if row["token"] == token]
        refused = [row for row in judged if row["verify"] != _GOOD]
        count = f"{len(judged) - len(refused)} of {len(judged)}"
        fewer = "; ".join(_errors(refused)) if len(refused) <= len(judged) / 2 else _all_but(judged)
        lines.append(f"| {token} | {count} | {fewer} |")
    return "\n".join(lines)


def error_index() -> str:
    """Return Markdown: each error text, with the libraries and the tokens that bring it about."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in latest(_SUBJECT):
        if row["verify"] not in (None, _GOOD) and row["token"] in (*_JUDGED, _PREFIXED):
            token = found.setdefault(row["verify"], {}).setdefault(row["library"], set())
            token.add(row["token"])
    lines = ["| error | library | token |", "| --- | --- | --- |"]
    for text in sorted(found, key=str.lower):
        tokens = sorted(set().union(*found[text].values()))
        lines.append(f"| {code(text)} | {', '.join(found[text])} | {', '.join(tokens)} |")
    return "\n".join(lines)


def _all_but(judged: Sequence[Row]) -> str:
    accepting = [row for row in judged if row["verify"] == _GOOD]
    names = ", ".join(_grouped(accepting, lambda row: ""))
    return f"all others; accepted by {names}" if names else "all"


def _errors(refused: Sequence[Row]) -> Iterator[str]:
    for names, text in _grouped(refused, lambda row: str(row["verify"])).items():
        yield f"{names}: {code(text)}"


def _table(heads: Sequence[str], calls: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "| --- " * len(heads) + "|"
    shown = _grouped(rows, lambda row: " | ".join(_shown(row[call]) for call in calls))
    yield from (f"| {names} | {cells} |" for names, cells in shown.items())


def _shown(text: str | None) -> str:
    if text is None:
        return "—"
    if text == _GOOD:
        return "the claims"
    return "null, no error" if text == "null" else code(text)


def _grouped(rows: Sequence[Row], text: Callable[[Row], str]) -> dict[str, str]:
    """Return by library the text of its rows; versions with the same text stand together."""
    versions: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        versions.setdefault((row["library"], text(row)), []).append(row["version"])
    return {f"{name} {', '.join(each)}": said for (name, said), each in versions.items()}


TABLES = {"prefix": prefix_table, "claims": claims_table, "errors": error_index}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(), TABLES))

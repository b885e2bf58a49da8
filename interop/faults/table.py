"""`python -m interop.faults.table`: make the tables of `docs/reference/clients.md`."""

from collections.abc import Callable, Sequence

from interop.results import Row, latest, latest_date
from interop.tables import ROOT, code, filled

PAGE = ROOT / "docs" / "reference" / "clients.md"
_SUBJECT = "faults"
_EMPTY = "EMPTY_RESPONSE"


def counts() -> str:
    """Return Markdown: how many requests came for one POST, by client and fault."""
    return _table(lambda row: f"**{row['requests']}**" if row["requests"] != 1 else "1", "--:")


def errors() -> str:
    """Return Markdown: what each client reports, by fault."""
    return _table(lambda row: code(row["error"]) if row["error"] else "nothing", "---")


def _table(cell: Callable[[Row], str], alignment: str) -> str:
    rows = latest(_SUBJECT)
    faults = list(dict.fromkeys(row["fault"] for row in rows))
    heads = ["client", *(_spaced(fault) for fault in faults)]
    clients: dict[str, list[Row]] = {}
    for row in rows:
        clients.setdefault(_name(row), []).append(row)
    lines = [f"| {name} | {' | '.join(map(cell, of_one))} |" for name, of_one in clients.items()]
    rule = ["---", *[alignment] * len(faults)]
    day = f"Measured on {latest_date(_SUBJECT)}."
    return "\n".join([day, "", _line(heads), _line(rule), *lines])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _spaced(fault: str) -> str:
    return f"`{fault}`" if fault.isupper() and " " not in fault else fault


def _name(row: Row) -> str:
    runtime = f" on {row['runtime']} {row['runtime_version']}"
    own = row["version"] == row["runtime_version"]
    shown = f"{row['client']} {row['version']}"
    if own and row["runtime"].lower() != row["client"].lower():
        return f"{row['runtime']} {row['version']}: {row['client']}"
    return shown if own else shown + runtime


TABLES = {"counts": counts, "errors": errors}

if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(), TABLES))

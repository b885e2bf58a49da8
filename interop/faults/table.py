"""`python -m interop.faults.table`: make the tables of `docs/reference/clients.md`."""

from collections.abc import Callable, Sequence

from interop.results import Row, latest, latest_date
from interop.tables import ROOT, code, filled

PAGE = ROOT / "docs" / "reference" / "clients.md"
_SUBJECT = "faults"
_REFUSED = "503, Retry-After: 1"


def resending() -> str:
    """Return Markdown: which clients send a POST again by themselves."""
    clients = _clients()
    lost = {
        name: [row for row in rows if row["fault"] != _REFUSED] for name, rows in clients.items()
    }
    new = [name for name, rows in lost.items() if _most(rows, "new", "POST") > 1]
    kept = [name for name, rows in lost.items() if _most(rows, "kept", "POST") > 1]
    refused = [
        name
        for name, rows in clients.items()
        if name not in {*new, *kept} and _most(rows, "new", "POST") > 1
    ]
    others = [name for name in clients if name not in {*new, *kept, *refused}]
    answers = {
        "yes, on any connection": new,
        "yes, on a connection that it used before": [name for name in kept if name not in new],
        "only after the status 503": refused,
        "no": [name for name in others if clients[name][0]["kept"]],
        "no; its second request used a new connection": [
            name for name in others if not clients[name][0]["kept"]
        ],
    }
    lines = [f"| {answer} | {', '.join(names)} |" for answer, names in answers.items()]
    day = f"Measured on {latest_date(_SUBJECT)}."
    return "\n".join([day, "", "| sends a POST again | clients |", "| --- | --- |", *lines])


def posts() -> str:
    """Return Markdown: how many requests came for one POST, by client and fault."""
    return _counts("POST")


def gets() -> str:
    """Return Markdown: how many requests came for one GET, by client and fault."""
    return _counts("GET")


def errors() -> str:
    """Return Markdown: what each client reports, by fault."""
    return _table(lambda row: code(row["error"]) if row["error"] else "nothing")


def _counts(method: str) -> str:
    """Return the table of a method: those clients alone that send it again after some fault."""

    def cell(row: Row) -> str:
        new, kept = row["new"][method], row["kept"].get(method)
        alone = kept is None or kept == new
        return _bold(new) if alone else f"{_bold(new)}, kept {_bold(kept)}"

    def resends(rows: Sequence[Row]) -> bool:
        return max(_most(rows, "new", method), _most(rows, "kept", method)) > 1

    return _table(cell, resends)


def _bold(count: int) -> str:
    return f"**{count}**" if count != 1 else "1"


def _most(rows: Sequence[Row], connection: str, method: str) -> int:
    return max(row[connection].get(method) or 0 for row in rows)


def _table(
    cell: Callable[[Row], str], wanted: Callable[[Sequence[Row]], bool] = lambda _: True
) -> str:
    clients = _clients()
    faults = dict.fromkeys(row["fault"] for rows in clients.values() for row in rows)
    lines = [
        f"| {name} | {' | '.join(map(cell, rows))} |"
        for name, rows in clients.items()
        if wanted(rows)
    ]
    heads = ["client", *(_spaced(fault) for fault in faults)]
    return "\n".join([_line(heads), _line(["---"] * len(heads)), *lines])


def _clients() -> dict[str, list[Row]]:
    clients: dict[str, list[Row]] = {}
    for row in latest(_SUBJECT):
        clients.setdefault(_name(row), []).append(row)
    return clients


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


TABLES = {"resending": resending, "posts": posts, "gets": gets, "errors": errors}

if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(), TABLES))

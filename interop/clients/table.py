"""`python -m interop.clients.table`: the table of the documentation, from the newest results."""

import sys
from collections.abc import Iterator, Sequence

from interop.clients.catalog import all_clients
from interop.results import Row, latest, latest_date

_HEADS = "| client | version | answered under `run` | proxy and certificate variables alone |"
_RULES = "| --- | --- | --- | --- |"


def table() -> str:
    """Return Markdown: a row for each client, its runtimes' versions together."""
    rows = latest("clients")
    names = dict.fromkeys((row["runtime"], row["client"]) for row in rows)
    lines = [
        _line(f"{runtime}: {client}", [row for row in rows if _is(row, runtime, client)])
        for runtime, client in names
    ]
    day = f"Measured on {latest_date('clients')}, on Linux."
    return "\n".join([day, "", _HEADS, _RULES, *lines])


def _is(row: Row, runtime: str, client: str) -> bool:
    return bool(row["runtime"] == runtime and row["client"] == client)


def _line(name: str, rows: Sequence[Row]) -> str:
    runtime, _, client = name.partition(": ")
    shown = client if runtime.lower() == client.lower() else name
    ways_out = {
        (runtime.name, each.name): each.way_out
        for _, runtime, clients in all_clients()
        for each in clients
    }
    led = _verdict(rows, "led", ways_out.get((runtime, client), ""))
    alone = _verdict(rows, "led_by_variables_alone")
    return f"| {shown} | {', '.join(_versions(rows))} | {led} | {alone} |"


def _versions(rows: Sequence[Row]) -> Iterator[str]:
    if len({row["version"] for row in rows}) > 1 or rows[0]["version"] == _runtime(rows[0]):
        yield from (row["version"] for row in rows)
        return
    runtimes = ", ".join(_runtime(row) for row in rows)
    yield f"{rows[0]['version']} on {rows[0]['runtime']} {runtimes}"


def _runtime(row: Row) -> str:
    return str(row["runtime_version"])


def _verdict(rows: Sequence[Row], key: str, otherwise: str = "") -> str:
    """Return yes, no, or the versions of the runtime for which it is yes."""
    good = [_runtime(row) for row in rows if row[key]]
    if len(good) == len(rows):
        return "yes"
    if good:
        return f"on {', '.join(good)}"
    return f"**no**: {otherwise}" if otherwise else "no"


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")

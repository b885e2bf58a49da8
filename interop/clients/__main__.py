"""`python -m interop.clients`: buy a token with each client under `token-mockserver run`.

Installs the clients in pinned versions, writes a dated file into `interop/results/`, and prints
the difference from the file before it.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from interop.clients.catalog import Client, all_clients
from interop.clients.purchase import Purchase, buy
from interop.clients.runtimes import CACHE, Runtime, is_installed
from interop.results import latest, record, replaced, without_folders

_SUBJECT = "clients"
_KEYS = ("environment", "client")


def main() -> None:
    """Run the clients."""
    parser = argparse.ArgumentParser(prog="python -m interop.clients", description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[], help="environments or clients to run again"
    )
    options = parser.parse_args()
    only, rows = {*options.only}, []
    for folder, runtime, clients in all_clients():
        wanted = [each for each in clients if not only or {folder, each.name} & only]
        for row in _results(CACHE / folder, runtime, wanted):
            print(_line(row), flush=True)
            rows.append(row)
    record(_SUBJECT, replaced(latest(_SUBJECT), rows, _KEYS) if only else rows, _KEYS)


def _results(
    folder: Path, runtime: Runtime, clients: Sequence[Client]
) -> Iterator[dict[str, object]]:
    if not clients or not is_installed(runtime, folder):
        return
    version = runtime.version(folder, "")
    for client in clients:
        command = [*runtime.command(folder, client.program), *client.arguments]
        led = buy(command, folder)
        by_proxy = buy(command, folder, without=("PYTHONPATH", "NODE_OPTIONS"))
        yield {
            "environment": folder.name,
            "runtime": runtime.name,
            "runtime_version": version,
            "client": client.name,
            "version": runtime.version(folder, client.package) if client.package else version,
            "led": led.bought,
            "led_by_variables_alone": by_proxy.bought,
            "error": _error(led),
        }


def _error(purchase: Purchase) -> str:
    return "" if purchase.bought else without_folders(purchase.printed).strip()[-300:]


def _line(row: dict[str, object]) -> str:
    mark = "bought" if row["led"] else "NOT LED"
    alone = "" if row["led_by_variables_alone"] else ", not by proxy variables alone"
    shown = f"{row['runtime']} {row['runtime_version']}  {row['client']} {row['version']}"
    return f"{shown}: {mark}{alone} {row['error']}".rstrip()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, subprocess.TimeoutExpired) as error:
        sys.exit(f"stopped: {error!r}")

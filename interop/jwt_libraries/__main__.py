"""`python -m interop.jwt_libraries`: give the tokens of this project to each JWT library.

Installs the libraries in pinned versions, writes a dated file into `interop/results/`, and prints
the difference from the file before it.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from interop.clients.runtimes import NotInstalled
from interop.jwt_libraries.cases import Case, cases
from interop.jwt_libraries.catalog import PROGRAMS, Library, libraries
from interop.results import Row, lasting, latest, record

SUBJECT = "jwt-libraries"
_KEYS = ("language", "library", "version", "token")
_CACHE = Path(__file__).with_name(".cache")
_LONGEST = 120  # characters of an error
_VARYING = {
    r"eyJ[\w.-]*": "TOKEN",
    r"[^ -~].*": "...",  # bytes of a key or of what was decoded
    r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d{10}": "TIME",
}


def main() -> None:
    """Run the libraries."""
    parser = argparse.ArgumentParser(prog="python -m interop.jwt_libraries", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="names of libraries")
    options = parser.parse_args()
    rows: list[Row] = []
    for library in libraries():
        if options.only and library.name not in options.only:
            continue
        try:
            rows += _rows(library)
        except NotInstalled as error:
            print(f"NOT RUN: {library.name}: {error}", file=sys.stderr)
    if options.only:  # by name: a library that was measured again may have another version
        rows = [*(row for row in latest(SUBJECT) if row["library"] not in options.only), *rows]
    record(SUBJECT, rows, _KEYS)


def _rows(library: Library) -> list[dict[str, object]]:
    folder = _CACHE / library.folder
    library.runtime.install(folder)
    version = library.runtime.version(folder, library.package)
    # The tokens are made now, since a library judges them by the clock of the machine.
    outcomes = {
        name: outcome
        for key, made in cases()
        for name, outcome in _judged(library, folder, key, made).items()
    }
    return [
        {
            "language": library.runtime.name,
            "library": library.name,
            "version": version,
            "token": name,
            **{call: text and lasting(text, _VARYING, _LONGEST) for call, text in outcome.items()},
        }
        for name, outcome in outcomes.items()
    ]


def _judged(
    library: Library, folder: Path, key: str, made: list[Case]
) -> dict[str, dict[str, str | None]]:
    program = str(PROGRAMS / library.program)
    done = subprocess.run(
        [*library.runtime.command(folder, program), *filter(None, [library.argument])],
        cwd=folder,
        input=json.dumps({"key": key, "cases": made}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        last = [*done.stderr.strip().splitlines(), "it says nothing"][-2:][0]
        raise NotInstalled(f"its program failed: {last}")
    outcomes: dict[str, dict[str, str | None]] = json.loads(done.stdout)
    return outcomes


if __name__ == "__main__":
    main()

"""Environment variables written in the syntax of a shell or a file format."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping

Variables = Mapping[str, str]


def _sh(variables: Variables) -> str:
    return _lines(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _fish(variables: Variables) -> str:
    return _lines(f"set -gx {name} {_fish_quoted(value)}" for name, value in variables.items())


def _powershell(variables: Variables) -> str:
    # In single quotes nothing is special but the quote itself, which is doubled.
    return _lines(
        "$env:{} = '{}'".format(name, value.replace("'", "''")) for name, value in variables.items()
    )


def _json(variables: Variables) -> str:
    return json.dumps(variables, indent=2) + "\n"


def _dotenv(variables: Variables) -> str:
    return _lines(f"{name}={_dotenv_quoted(value)}" for name, value in variables.items())


def _fish_quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _dotenv_quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


SHELLS: Mapping[str, Callable[[Variables], str]] = {
    "sh": _sh,
    "fish": _fish,
    "powershell": _powershell,
    "json": _json,
    "dotenv": _dotenv,
}
"""By name, the function that writes variables for a shell or a format."""

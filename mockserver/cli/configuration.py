"""The configuration file: TOML with the flags of `serve` and a table for each vendor."""

import tomllib
from pathlib import Path
from typing import Any

import click

from mockserver.model.errors import ConfigurationError

DEFAULT_FILE = Path("token-mockserver.toml")


def read_configuration(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Set the defaults of the command's flags, and `context.obj`, from the file.

    `path` is the file; without one, `token-mockserver.toml` in the working directory is read if
    it exists. `context.obj` becomes the vendors' tables.

    Raises:
        ConfigurationError: The file cannot be read, or has an unknown or wrong setting.
    """
    if path is None and DEFAULT_FILE.exists():
        path = DEFAULT_FILE
    content = {} if path is None else _load(path)
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    flags = {name: value for name, value in content.items() if name not in tables}
    known = {str(option.name): option for option in context.command.params}
    del known["config"]
    for name, value in flags.items():
        if name not in known and context.command.name != "serve":
            continue  # `ca` reads the same file, whose top level has the flags of `serve`
        if name not in known:
            raise ConfigurationError(f"{path}: {name} is no setting; known: {', '.join(known)}")
        kind = _kind(known[name])
        if type(value) is not kind:
            raise ConfigurationError(f"{path}: {name} must be {_KINDS[kind]}, not {value!r}")
    context.default_map, context.obj = flags, tables


_KINDS = {int: "a whole number", bool: "true or false", list: "a list of texts", str: "a text"}


def _kind(option: click.Parameter) -> type:
    if isinstance(option, click.Option) and option.multiple:
        return list
    if isinstance(option.type, type(click.BOOL)):
        return bool
    return int if isinstance(option.type, type(click.INT)) else str


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from None

"""What several commands share: exit codes, flags, the configuration file, a remote mock."""

import functools
import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver.model.errors import ConfigurationError

F = TypeVar("F", bound=Callable[..., Any])

FAILURE, WRONG_USAGE, NOT_CHECKED, BROKEN_CHECK, INTERRUPTED = 1, 2, 3, 4, 130
"""The exit codes; 0 is success."""

DEFAULT_FILE = Path("token-mockserver.toml")


class CommandGroup(click.Group):
    """A group that prints its help on stderr and exits with 2 if no command is given.

    click does so from version 8.2 on; before, it exits with 0.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments if there are any."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(WRONG_USAGE)
        return super().parse_args(ctx, args)


def read_configuration(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Set the defaults of the command's flags, and `context.obj`, from the configuration file.

    Args:
        context: The context of the command; its `obj` becomes the vendors' tables.
        path: The file; None for `token-mockserver.toml` in the working directory, if it exists.

    Raises:
        ConfigurationError: The file cannot be read, or has an unknown or wrong setting.
    """
    if path is None and DEFAULT_FILE.exists():
        path = DEFAULT_FILE
    content = {} if path is None else _load(path)
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    known = {str(option.name): option for option in context.command.params}
    everywhere = _settings_of_serve(context)
    flags = {}
    for name, value in content.items():
        if name in tables:
            continue
        if name not in everywhere:
            listed = ", ".join(file_key(option) for option in dict.fromkeys(everywhere.values()))
            raise ConfigurationError(f"{path}: {name} is not a setting; known: {listed}")
        kind = _kind(everywhere[name])
        if type(value) is not kind:
            raise ConfigurationError(f"{path}: {name} must be {_KINDS[kind]}, not {value!r}")
        own = known.get(str(everywhere[name].name))
        # Every command reads the same file, whose top level has the flags of `serve`. Another
        # command may not have the flag, or another flag of this name: `verdicts` of `run`.
        if own is not None and _kind(own) is kind:
            flags[own.name] = value
    _check_tables(path, tables)
    context.default_map, context.obj = flags, tables


def file_key(option: click.Parameter) -> str:
    """Return the name of a flag's setting in the file: `tls_host` for `--tls-host`."""
    return max(option.opts, key=len).lstrip("-").replace("-", "_")


def _settings_of_serve(context: click.Context) -> dict[str, click.Parameter]:
    """Return the settings at the top level of the file by name: the flags of `serve`.

    Names of parameters, such as `tls_hosts`, are accepted too, because existing files use them.
    """
    group = context.find_root().command
    serve = group.commands.get("serve") if isinstance(group, click.Group) else None
    options = (serve or context.command).params
    found = [option for option in options if option.name not in ("config", "help")]
    return {name: option for option in found for name in (file_key(option), str(option.name))}


def _check_tables(path: Path | None, tables: dict[str, Any]) -> None:
    from mockserver.emulator.namespaces import engine_factory  # noqa: PLC0415 - with a file only

    if tables:
        try:
            engine_factory(tables)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}: {error}") from None


_KINDS = {int: "a whole number", bool: "true or false", list: "a list of strings", str: "a string"}


def _kind(option: click.Parameter) -> type:
    if isinstance(option, click.Option) and option.multiple:
        return list
    if isinstance(option.type, type(click.BOOL)):
        return bool
    return int if isinstance(option.type, type(click.INT)) else str


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"the configuration file {path} cannot be read: {error.strerror}"
        ) from None
    except ValueError as error:
        raise ConfigurationError(f"{path} is not TOML in UTF-8: {error}") from None


def config_flag(content: str) -> Callable[[F], F]:
    """Return the option `--config`; `content` describes the file in the help text."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="TOKEN_MOCKSERVER_CONFIG",
        is_eager=True,
        expose_value=False,
        callback=read_configuration,
        help=f"{content}; default: token-mockserver.toml, if it exists.",
    )


def ca_dir_flag(default: str = "in the user's data folder") -> Callable[[F], F]:
    """Return the option `--ca-dir`; `default` describes in the help text what is used otherwise."""
    return click.option(
        "--ca-dir",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="TOKEN_MOCKSERVER_CA_DIR",
        help=f"Folder of the certificate authority for https; default: {default}.",
    )


tls_host_flag = click.option(
    "--tls-host",
    "tls_hosts",
    multiple=True,
    envvar="TOKEN_MOCKSERVER_TLS_HOST",
    help="Additional name or address of the server, for its certificate. Repeatable.",
)

url_flag = click.option(
    "--url",
    envvar="TOKEN_MOCKSERVER_URL",
    default="http://127.0.0.1:7401",
    show_default=True,
    help="Address of the server, or of a namespace on it.",
)

bearer_flag = click.option(
    "--admin-token", envvar="TOKEN_MOCKSERVER_ADMIN_TOKEN", help="Admin token of the server."
)

upstream_proxy_flag = click.option(
    "--upstream-proxy",
    metavar="URL",
    envvar="TOKEN_MOCKSERVER_UPSTREAM_PROXY",
    help="Proxy to reach other hosts through; default: HTTPS_PROXY and HTTP_PROXY. Empty: none.",
)


def upstream_proxies(url: str | None) -> dict[str, str]:
    """Return the proxies through which other hosts are reached, by scheme, and `no`.

    Args:
        url: The proxy that the user gave; "" for none. None: the proxies of the environment, where
            one that cannot be used causes a warning.

    Raises:
        ConfigurationError: `url` cannot be used.
    """
    from urllib.request import getproxies_environment  # noqa: PLC0415 - these commands only

    from mockserver.server.upstream_proxies import UpstreamProxy  # noqa: PLC0415

    found = getproxies_environment()
    direct = {"no": found.get("no", "")}
    if url:
        UpstreamProxy.at(url)
    if url is not None:
        return {"http": url, "https": url, **direct}
    usable = {}
    for scheme in ("http", "https"):
        address = found.get(scheme) or found.get("all")
        try:
            if address and UpstreamProxy.at(address):
                usable[scheme] = address
        except ConfigurationError as error:
            name = f"{scheme.upper() if found.get(scheme) else 'ALL'}_PROXY"
            text = f"{name}: {error}; other hosts are reached without it"
            click.echo(f"warning: {text}", err=True)
    return {**usable, **direct}


direct_hosts_flag = click.option(
    "--no-proxy",
    "direct",
    multiple=True,
    metavar="HOST",
    help="Host to reach without the proxy. Repeatable.",
)

ignore_flag = click.option(
    "--ignore",
    multiple=True,
    metavar="RULE=REASON",
    help="Rule to ignore, and the reason. Repeatable.",
)


one_caller_flag = click.option(
    "--one-caller",
    is_flag=True,
    help="Assume that one caller sent all requests, also on new connections.",
)


def ignored_rules(given: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the rules that flags name as `RULE=REASON`, with their reasons."""
    from mockserver.testing.verdict_control import check_ignored  # noqa: PLC0415 - slow to import

    ignored = {rule: reason for rule, _, reason in (text.partition("=") for text in given)}
    try:
        check_ignored(ignored, known)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return ignored


def write_report(flag: str, path: Path, text: str) -> None:
    """Write the file that a flag names, or raise `click.UsageError`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{flag}: {error}") from None


Command = Callable[..., Any]

# `-30m` is then an argument, and an error of the duration, instead of an unknown option -3; the
# end of `-1h` would be `-h`.
NEGATIVE = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def remote(command: Command) -> Command:
    """Return a click command that calls `command` with a `RemoteMock`, and prints the result.

    Args:
        command: Returns a JSON value, a text with the same content, and optionally an exit code;
            or yields several such tuples. The text is printed, with `--json` the value.
    """

    @url_flag
    @bearer_flag
    @click.option("--json", "as_json", is_flag=True, help="Print JSON; errors too, on stderr.")
    @functools.wraps(command)
    def called(url: str, admin_token: str | None, as_json: bool, **arguments: Any) -> None:
        from mockserver.testing.remote_mock import RemoteMock  # noqa: PLC0415 - slow to import

        result = command(RemoteMock(url, admin_token), **arguments)
        for value, text, *code in [result] if isinstance(result, tuple) else result:
            click.echo(json.dumps(value) if as_json else text)
            if any(code):
                raise SystemExit(*code)

    return called

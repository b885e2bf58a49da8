"""`token-mockserver run` and `env`: route the requests of programs to a server."""

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from mockserver.cli.shared_flags import (
    FAILURE,
    NOT_CHECKED,
    bearer_flag,
    ca_dir_flag,
    config_flag,
    direct_hosts_flag,
    one_caller_flag,
    upstream_proxies,
    upstream_proxy_flag,
    url_flag,
)
from mockserver.environment.variables import SHELLS, ServerAddress

if TYPE_CHECKING:
    from mockserver.testing.controls import Controls

_NO_RULE = (
    "nothing was checked: no request of the command exercised a rule for token clients; "
    "let the command obtain or use a vendor's token"
)

_Server = tuple["Controls", ServerAddress, str]
"""The controls of a server, its address, and the certificate of its authority as PEM text."""


@click.command(context_settings={"allow_interspersed_args": False})
@config_flag("TOML file with the vendors' settings")
@click.option("--url", help="Use the running server at this address instead of a new one.")
@click.option("--namespace", help="Use this namespace of the server at --url.")
@bearer_flag
@click.option(
    "--offline",
    is_flag=True,
    envvar="TOKEN_MOCKSERVER_OFFLINE",
    help="Refuse requests to hosts that do not belong to a vendor.",
)
@direct_hosts_flag
@upstream_proxy_flag
@ca_dir_flag("one that ends with the command")
@click.option(
    "--verdicts",
    type=click.Choice(["off", "report", "strict"]),
    default="off",
    help="Check the command's requests against the rules; strict: exit with 1 if one is broken, "
    "with 3 if none was exercised.",
)
@one_caller_flag
@click.option("--freeze", metavar="MOMENT", help="Stop the clock at this time (ISO 8601, UTC).")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(  # noqa: PLR0913 - one for each flag
    context: click.Context,
    /,
    *,
    command: tuple[str, ...],
    url: str | None,
    namespace: str | None,
    admin_token: str | None,
    offline: bool,
    direct: tuple[str, ...],
    upstream_proxy: str | None,
    ca_dir: Path | None,
    verdicts: str,
    one_caller: bool,
    freeze: str | None,
) -> NoReturn:
    """Run COMMAND, and answer its requests to the vendors' hosts.

    The command needs no change: environment variables route the requests of the command, and of
    the programs that it starts, to a server that runs until it ends. Put -- before the command.
    The exit code is the command's.
    """
    with ExitStack() as stack:
        if url is None:
            if namespace is not None:
                raise click.UsageError("--namespace needs --url: a new server has one state")
            options = {"settings": context.obj, "offline": offline, "ca_dir": ca_dir}
            server = _new_server(stack, options, upstream_proxy)
        else:
            _refuse_flags_of_new_servers(context, namespace)
            server = _running_server(stack, url, namespace, admin_token, upstream_proxy)
        controls, address, _ = server
        _warn(address.hosts)
        if freeze is not None:
            controls.clock.freeze(freeze)
        before = controls.requests.total()
        code = _run_routed(stack, command, server, direct)
        click.echo(_summary(controls, before), err=True)
        if verdicts != "off":
            found = _print_verdicts(controls, one_caller=one_caller)
            if verdicts == "strict":
                code = code or found
    raise SystemExit(code)


def _refuse_flags_of_new_servers(context: click.Context, namespace: str | None) -> None:
    """Raise `click.UsageError` for a flag that the server at --url would have to be started with.

    Variables and the configuration file may be meant for `serve`: they have no effect here.
    """
    names = ["ca_dir", "offline"]
    if namespace is None:  # otherwise the relay to the namespace uses the proxy
        names.append("upstream_proxy")
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            flag = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} is for a new server; start the one at --url with it")


def _new_server(stack: ExitStack, options: dict[str, Any], upstream_proxy: str | None) -> _Server:
    """Start a server that ends with `stack`."""
    from mockserver.environment.client_environment import (  # noqa: PLC0415 - this command only
        address_of,
        certificate_of,
    )
    from mockserver.testing.token_server import TokenServer  # noqa: PLC0415

    upstream = upstream_proxies(upstream_proxy)
    server = stack.enter_context(TokenServer(upstream_proxies=upstream, **options))
    return server, address_of(server.url, server), certificate_of(server.url)


def _running_server(
    stack: ExitStack,
    url: str,
    namespace: str | None,
    admin_token: str | None,
    upstream_proxy: str | None,
) -> _Server:
    """Return the server at `url`, or one that relays to a namespace there and ends with `stack`."""
    from mockserver.environment.client_environment import (  # noqa: PLC0415 - this command only
        address_of,
        certificate_of,
        namespace_relay,
    )
    from mockserver.testing.remote_mock import RemoteMock  # noqa: PLC0415

    if namespace is None:
        mock = RemoteMock(url, admin_token)
        return mock, address_of(url, mock), certificate_of(url, admin_token)
    within = f"{url.rstrip('/')}/ns/{namespace}"
    mock = RemoteMock(within, admin_token)
    upstream = upstream_proxies(upstream_proxy)
    return mock, *stack.enter_context(namespace_relay(within, mock, upstream))


def _run_routed(
    stack: ExitStack, command: Sequence[str], server: _Server, direct: Sequence[str]
) -> int:
    """Run a command whose requests are routed to `server`, and return its exit code."""
    from mockserver.environment.child_process import (  # noqa: PLC0415 - this command only
        CommandNotStarted,
        run_command,
    )
    from mockserver.environment.client_environment import variables_for  # noqa: PLC0415

    _, address, certificate = server
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="token-mockserver-")))
    variables = variables_for(address, certificate, folder, direct)
    try:
        return run_command(command, {**os.environ, **variables})
    except CommandNotStarted as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code


def _print_verdicts(controls: "Controls", *, one_caller: bool) -> int:
    """Print the rules for token clients that the command has broken.

    Returns:
        The exit code: 1 if a rule is broken, 3 if no request has exercised a rule, else 0.
    """
    from mockserver.testing.verdict_control import failure  # noqa: PLC0415 - if it is asked for

    found = controls.verdicts(one_caller=one_caller)
    text = failure(found, {})
    if text:
        click.echo(text, err=True)
        return FAILURE
    kept = sum(verdict.state == "kept" for verdict in found)
    if not kept:
        click.echo(f"token-mockserver: {_NO_RULE}", err=True)
        return NOT_CHECKED
    counts = f"{kept} kept, {len(found) - kept} not exercised"
    click.echo(f"token-mockserver: the token client breaks no rule ({counts})", err=True)
    return 0


def _summary(controls: "Controls", before: int) -> str:
    """Return one line: how many requests came, to which vendors, and how many matched nothing.

    Args:
        controls: The controls of the server.
        before: How many requests had come before the command was started.

    Returns:
        The line. The numbers after the total count only requests that the journal still has.
    """
    total = controls.requests.total()
    came = total - before if total >= before else total  # the command may have reset the server
    kept = controls.requests.all()[-came:] if came else []
    vendors = Counter(entry.vendor for entry in kept if entry.vendor)
    unmatched = sum(entry in kept for entry in controls.requests.unmatched())
    shown = ", ".join(f"{name} {number}" for name, number in sorted(vendors.items()))
    if shown and came > len(kept):
        shown = f"the last {len(kept)}: {shown}"
    details = f" ({shown})" if shown else ""
    noun = "request" if came == 1 else "requests"
    return f"token-mockserver: {came} {noun}{details}, {unmatched} matched nothing"


@click.command()
@url_flag
@bearer_flag
@click.option(
    "--shell",
    type=click.Choice(list(SHELLS)),
    default="sh",
    show_default=True,
    help="Syntax of the printed variables.",
)
@direct_hosts_flag
def env(url: str, admin_token: str | None, shell: str, direct: tuple[str, ...]) -> None:
    """Print environment variables that route requests of programs to a running server.

    In a POSIX shell: eval "$(token-mockserver env)". The command writes the certificate files that
    the variables name to the user's data folder.
    """
    from mockserver.environment.client_environment import (  # noqa: PLC0415 - this command only
        address_of,
        certificate_of,
        variables_for,
    )
    from mockserver.testing.remote_mock import RemoteMock  # noqa: PLC0415

    certificate = certificate_of(url, admin_token)
    address = address_of(url, RemoteMock(url, admin_token))
    _warn(address.hosts)
    variables = variables_for(address, certificate, _folder(), direct)
    click.echo(SHELLS[shell](variables), nl=False)


def _warn(hosts: Sequence[str]) -> None:
    from mockserver.environment.client_environment import (  # noqa: PLC0415 - these commands only
        bypass_warnings,
    )

    for text in bypass_warnings(hosts):
        click.echo(f"warning: {text}", err=True)


def _folder() -> Path:
    from mockserver.certificates.server_certificates import default_folder  # noqa: PLC0415

    folder = default_folder().with_name("environment")
    folder.mkdir(parents=True, exist_ok=True)
    return folder

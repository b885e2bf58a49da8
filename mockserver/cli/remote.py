"""Commands that control a running server through `/__admin`."""

import functools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.shared_flags import (
    CommandGroup,
    bearer_flag,
    ignore_flag,
    ignored_rules,
    one_caller_flag,
    url_flag,
)
from mockserver.model.clock import iso, real_seconds, seconds_of
from mockserver.model.errors import ControlError
from mockserver.model.http import Fault

if TYPE_CHECKING:
    from mockserver.testing.journal_control import LoggedRequest
    from mockserver.testing.remote_mock import RemoteMock

Command = Callable[..., Any]

# `-30m` is then an argument, and an error of the duration, instead of an unknown option -3; the
# end of `-1h` would be `-h`.
_NEGATIVE = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
_RETRY = 0.1  # real seconds between two attempts
_TOKEN_ID = re.compile("[0-9a-f]{16}")


def remote(command: Command) -> Command:
    """Return a click command that calls `command` with a `RemoteMock`, and prints the result.

    `command` returns a JSON value and a text with the same content, and perhaps an exit code; or
    it yields several such pairs.
    `--json` selects the value.
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


@click.group(cls=CommandGroup)
def clock() -> None:
    """Read and move the server's clock."""


def _moment(mock: "RemoteMock") -> tuple[Any, str]:
    now, frozen = iso(mock.clock.now()), mock.clock.frozen
    return {"now": now, "frozen": frozen}, f"{now}{' (frozen)' if frozen else ''}"


@clock.command("show")
@remote
def show_clock(mock: "RemoteMock") -> tuple[Any, str]:
    """Print the current time of the server's clock."""
    return _moment(mock)


@clock.command("freeze", context_settings=_NEGATIVE)
@click.argument("at", required=False)
@remote
def freeze_clock(mock: "RemoteMock", at: str | None) -> tuple[Any, str]:
    """Stop the clock at AT (default: now), such as 2030-01-01T00:00:00Z or 1893456000.

    Eight digits are a date (20300101); any other number is a time in Unix seconds.
    """
    mock.clock.freeze(at)
    return _moment(mock)


@clock.command("unfreeze")
@remote
def unfreeze_clock(mock: "RemoteMock") -> tuple[Any, str]:
    """Let the clock continue from its current time."""
    mock.clock.unfreeze()
    return _moment(mock)


@clock.command("advance", context_settings=_NEGATIVE)
@click.argument("by")
@remote
def advance_clock(mock: "RemoteMock", by: str) -> tuple[Any, str]:
    """Move the clock forward by a duration such as 90s, 1.5h, "1d 12h", 1w."""
    if by.startswith("-"):
        raise click.UsageError("the clock advances forward only; clock freeze may go back")
    mock.clock.advance(seconds=seconds_of(by))
    return _moment(mock)


@clock.command("reset")
@remote
def reset_clock(mock: "RemoteMock") -> tuple[Any, str]:
    """Set the clock to the machine's time."""
    mock.clock.reset()
    return _moment(mock)


@click.command()
@remote
def reset(mock: "RemoteMock") -> tuple[Any, str]:
    """Reset everything: tokens, codes, accounts, journal, stubs, clock."""
    mock.reset()
    return {}, "reset"


@click.command()
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0),
    help="Try until healthy, or for so many seconds.",
)
@remote
def health(mock: "RemoteMock", wait: float | None) -> tuple[Any, str]:
    """Exit with 0 if the server is healthy, otherwise with 1."""
    until = real_seconds() + (wait or 0)
    while True:
        try:
            value = mock.health()
            return value, value["status"]
        except ControlError:
            if real_seconds() >= until:
                raise
        time.sleep(min(_RETRY, max(0.0, until - real_seconds())))


@click.command()
@click.option(
    "--unmatched", is_flag=True, help="Only requests that matched neither endpoint nor stub."
)
@click.option("--follow", is_flag=True, help="Print each request as it arrives, until interrupted.")
@remote
def requests(mock: "RemoteMock", unmatched: bool, follow: bool) -> Iterator[tuple[Any, str]]:
    """List the received requests, oldest first."""
    if follow:
        yield from _following(mock, unmatched)
        return
    found = mock.requests.unmatched() if unmatched else mock.requests.all()
    values = [{**request._asdict(), "at": iso(request.at)} for request in found]
    yield values, "\n".join(map(_line, found)) or "no requests"


def _following(mock: "RemoteMock", unmatched: bool) -> Iterator[tuple[Any, str]]:
    from mockserver.testing.event_stream import follow  # noqa: PLC0415 - slow to import
    from mockserver.testing.journal_control import logged  # noqa: PLC0415

    for entry in follow(mock.url, mock.admin_token):
        if not (unmatched and entry["wasMatched"]):
            request = logged(entry["request"])
            yield {**request._asdict(), "at": iso(request.at)}, _line(request)


def _line(request: "LoggedRequest") -> str:
    reached = f"{request.vendor or '-'} {request.endpoint or '-'}"
    reason = f"  ({request.reason})" if request.reason else ""
    return f"{iso(request.at)}  {request.status}  {request.method} {request.url}  {reached}{reason}"


@click.command()
@click.option("--drop", is_flag=True, help="Drop all namespaces instead of listing them.")
@click.option("--idle", help="Drop the namespaces not used for this duration, such as 30m.")
@remote
def namespaces(mock: "RemoteMock", drop: bool, idle: str | None) -> tuple[Any, str]:
    """List all namespaces except the default one, last used first, or drop them."""
    if drop or idle is not None:
        dropped = mock.drop_namespaces(idle=idle)
        return {"dropped": dropped}, f"dropped {dropped}"
    found = mock.namespaces()
    lines = [
        f"{each['lastUsed']}  {each['name']}  {each['sizes']['requests']} requests,"
        f" {each['sizes']['tokens']} tokens, {each['sizes']['stubs']} stubs"
        for each in found
    ]
    return found, "\n".join(lines) or "no namespaces"


@click.command()
@remote
def tokens(mock: "RemoteMock") -> tuple[Any, str]:
    """List the issued tokens, newest first, without the tokens themselves."""
    found = mock.tokens()
    lines = [
        f"{token['id']}  {token['state']:<8}{token['vendor']} {token['kind']} of {token['account']}"
        for token in found
    ]
    return found, "\n".join(lines) or "no tokens"


@click.command()
@click.argument("vendor")
@click.option("--expires-in", type=int, help="Life of the token in seconds.")
@click.option(
    "--defect",
    help="expired, not-yet-valid, bad-signature, wrong-algorithm, no-signature or malformed.",
)
@click.option(
    "--claims",
    metavar="JSON",
    callback=lambda _context, _option, text: None if text is None else _claims(text),
    help='Claims to replace, such as \'{"iss": "other"}\'; null removes a claim.',
)
@remote
def mint(
    mock: "RemoteMock",
    vendor: str,
    expires_in: int | None,
    defect: str | None,
    claims: dict[str, Any] | None,
) -> tuple[Any, str]:
    """Print a token of the built-in account as VENDOR sends it."""
    token = mock.mint(vendor, expires_in=expires_in, claims=claims, defect=defect)
    return {"id": token.id, "token": token, "expires": token.expires}, token.token


def _claims(text: str) -> dict[str, Any]:
    try:
        claims = json.loads(text)
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise click.UsageError('--claims must be a JSON object, such as \'{"iss": "other"}\'')
    return claims


@click.command()
@click.argument("vendor")
@click.argument("token")
@remote
def explain(mock: "RemoteMock", vendor: str, token: str) -> tuple[Any, str, int]:
    """Say whether VENDOR accepts TOKEN now, and if not, why; the exit code is then 1."""
    found = mock.explain(vendor, token)
    detail = f": {found.detail}" if found.detail else ""
    value = {"accepted": found.accepted, "reason": found.reason, "detail": found.detail}
    return value, f"{found.reason}{detail}", 0 if found.accepted else 1


@click.command()
@click.argument("token")
@remote
def revoke(mock: "RemoteMock", token: str) -> tuple[Any, str]:
    """Revoke TOKEN, which is a token or its id: its vendor refuses it from now on."""
    if _TOKEN_ID.fullmatch(token):
        mock.revoke_id(token)
    else:
        mock.revoke(token)
    return {}, "revoked"


@click.command()
@click.argument("vendor")
@click.option("--endpoint", help="Only requests to this endpoint.")
@click.option(
    "--status", "--error", type=int, help="Status of the vendor's own error; default: 500."
)
@click.option("--fault", type=click.Choice(list(Fault)), help="Break the connection instead.")
@click.option("--times", type=int, help="Number of requests that fail; default: all.")
@click.option(
    "--phase",
    type=click.Choice(["before", "after"]),
    default="before",
    show_default=True,
    help="Fail before or after the vendor has processed the request.",
)
@remote
def fail(mock: "RemoteMock", vendor: str, **how: Any) -> tuple[Any, str]:
    """Make requests to VENDOR fail from now on."""
    if how["fault"] is not None and how["status"] is not None:
        raise click.UsageError("give --status or --fault, not both")
    stub = mock.fail(vendor, **how)
    return stub.mapping, f"stub {stub.id}"


@click.command()
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a report in the JUnit format to this file.",
)
@ignore_flag
@one_caller_flag
@remote
def verdicts(
    mock: "RemoteMock", *, junit_file: Path | None, ignore: tuple[str, ...], one_caller: bool
) -> tuple[Any, str, int]:
    """Check the received requests against the rules for token clients.

    The exit code is 1 if a rule is broken.
    """
    from mockserver.testing import verdict_control as control  # noqa: PLC0415 - slow to import

    found = mock.verdicts(one_caller=one_caller)
    ignored = ignored_rules(ignore, (one.id for one in found))
    if junit_file is not None:
        try:
            junit_file.write_text(control.junit(found), encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"--junit: {error}") from None
    code = 1 if control.failure(found, ignored) else 0
    return [control.as_json(one) for one in found], control.table(found), code


@click.group(cls=CommandGroup)
def stubs() -> None:
    """List and remove the server's stubs."""


@stubs.command("list")
@remote
def list_stubs(mock: "RemoteMock") -> tuple[Any, str]:
    """List the stubs, the newest first."""
    found = [stub.mapping for stub in mock.stubs()]
    return found, "\n".join(map(_stub_line, found)) or "no stubs"


def _stub_line(mapping: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in mapping.items() if name not in ("id", "uuid")}
    return f"{mapping['id']}  {json.dumps(shown)}"


@stubs.command("remove")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Remove all stubs.")
@remote
def remove_stubs(mock: "RemoteMock", ids: tuple[str, ...], everything: bool) -> tuple[Any, str]:
    """Remove the stubs with these IDs."""
    if bool(ids) == everything:
        raise click.UsageError("give the IDs of stubs, or --all")
    found = mock.stubs()
    unknown = set(ids) - {stub.id for stub in found}
    if unknown:
        raise click.UsageError(f"there is no stub {', '.join(sorted(unknown))}")
    wanted = [stub for stub in found if everything or stub.id in ids]
    for stub in wanted:
        stub.remove()
    return {"removed": [stub.id for stub in wanted]}, f"{len(wanted)} removed"


COMMANDS = (
    clock,
    reset,
    health,
    requests,
    namespaces,
    tokens,
    mint,
    explain,
    revoke,
    fail,
    stubs,
    verdicts,
)

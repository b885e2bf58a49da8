"""Commands for the clock, the journal and the state of a running server."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.shared_flags import (
    FAILURE,
    NEGATIVE,
    CommandGroup,
    ignore_flag,
    ignored_rules,
    one_caller_flag,
    remote,
    write_report,
)
from mockserver.model.clock import iso, real_seconds, seconds_of
from mockserver.model.errors import ControlError

if TYPE_CHECKING:
    from mockserver.testing.journal_control import LoggedRequest
    from mockserver.testing.remote_mock import RemoteMock

_RETRY = 0.1  # real seconds between two attempts


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


@clock.command("freeze", context_settings=NEGATIVE)
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


@clock.command("advance", context_settings=NEGATIVE)
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
    yield list(map(_as_json, found)), "\n".join(map(_line, found)) or "no requests"


def _following(mock: "RemoteMock", unmatched: bool) -> Iterator[tuple[Any, str]]:
    from mockserver.testing.journal_control import logged  # noqa: PLC0415
    from mockserver.testing.remote_mock import follow  # noqa: PLC0415 - slow to import

    for entry in follow(mock.url, mock.admin_token):
        if not (unmatched and entry["wasMatched"]):
            request = logged(entry["request"])
            yield _as_json(request), _line(request)


def _as_json(request: "LoggedRequest") -> dict[str, Any]:
    return {**request._asdict(), "at": iso(request.at)}


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
        write_report("--junit", junit_file, control.junit(found))
    code = FAILURE if control.failure(found, ignored) else 0
    return [control.as_json(one) for one in found], control.table(found), code


COMMANDS = (clock, reset, health, requests, namespaces, verdicts)

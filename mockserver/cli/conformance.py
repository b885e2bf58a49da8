"""`token-mockserver conformance`: the conformance suite for a command in any language."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from mockserver.cli.shared_flags import FAILURE, ignore_flag, ignored_rules, write_report

if TYPE_CHECKING:
    from mockserver.conformance.scenarios import Row


class _OptionsAfterVendor(click.Command):
    """A command whose options may stand before and after VENDOR, but not after its COMMAND."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_interspersed_args = True
        own = args[: args.index("--")] if "--" in args else []
        try:
            found = self.make_parser(ctx).parse_args(own)[0]
        except click.UsageError:
            found = {}
        given = [found.get("vendor"), found.get("command")]
        words = [word for word in given if word and isinstance(word, (str, tuple))]
        ctx.allow_interspersed_args = len(words) == 1  # VENDOR alone: the command follows the --
        return super().parse_args(ctx, args)


@click.command(cls=_OptionsAfterVendor)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report as HTML to this file.",
)
@ignore_flag
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Maximum seconds for one run.",
)
@click.option(
    "--cache",
    "caches",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Other file or folder with COMMAND's tokens; moved aside during the run. Repeatable.",
)
@click.argument("vendor")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def conformance(  # noqa: PLR0913 - the flags
    *,
    as_json: bool,
    page: Path | None,
    ignore: tuple[str, ...],
    timeout: float,
    caches: tuple[Path, ...],
    vendor: str,
    command: tuple[str, ...],
) -> None:
    """Test the token client in COMMAND, which makes one call to VENDOR, in many scenarios.

    The command runs for each call of a scenario, such as an expired token or a lost response. Its
    requests are routed to a server, as with `run`. Put -- before the command. The exit code is 1
    if the client breaks a rule.
    """
    from mockserver.conformance.scenarios import html, table  # noqa: PLC0415 - this command only
    from mockserver.verdicts.rules import RULES  # noqa: PLC0415

    command = _checked(vendor, command)
    ignored = ignored_rules(ignore, (rule.id for rule in RULES))
    rows = _outcomes(vendor, command, timeout, caches)
    if page is not None:
        write_report("--html", page, html(rows, f"Conformance of {command[0]} at {vendor}"))
    click.echo(json.dumps([row._asdict() for row in rows]) if as_json else table(rows))
    for rule, reason in ignored.items():
        click.echo(f"ignored: {rule} ({reason})", err=True)
    if any(row.state == "broken" and row.rule not in ignored for row in rows):
        raise SystemExit(FAILURE)


def _checked(vendor: str, command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command, without a leading `--`, if it and the vendor can be tested.

    Raises:
        click.UsageError: There is no command, or no such vendor.
    """
    from mockserver.conformance.scenarios import vendor_of  # noqa: PLC0415

    command = command[1:] if command[0] == "--" else command
    if not command:
        raise click.UsageError("give the command after --")
    if command[0].startswith("-"):
        raise click.UsageError(f"{command[0]} is no option here; the command follows --")
    try:
        vendor_of(vendor)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return command


def _outcomes(
    vendor: str, command: Sequence[str], timeout: float, caches: Sequence[Path]
) -> "list[Row]":
    """Run all scenarios on a new server, and return the outcome of each rule."""
    from mockserver.conformance.command_clients import play_all  # noqa: PLC0415
    from mockserver.conformance.scenarios import rows_of  # noqa: PLC0415
    from mockserver.environment.client_environment import (  # noqa: PLC0415
        address_of,
        certificate_of,
        variables_for,
    )
    from mockserver.testing.token_server import TokenServer  # noqa: PLC0415

    with TokenServer() as server, TemporaryDirectory(prefix="token-mockserver-") as folder:
        address, certificate = address_of(server.url, server), certificate_of(server.url)
        variables = variables_for(address, certificate, Path(folder))
        places = [each.absolute() for each in caches]
        return rows_of(play_all(server, vendor, command, variables, timeout, caches=places))

"""`token-mockserver verify` and `ledger`: check and list the statements of the vendors' pages."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.shared_flags import BROKEN_CHECK, FAILURE, INTERRUPTED, NOT_CHECKED
from mockserver.model.errors import ConfigurationError
from mockserver.verification.options import OPTIONS, Option

if TYPE_CHECKING:
    from mockserver.verification.results import CheckResult, RunResults
    from mockserver.verification.run_config import RunConfig

_SIGNS = {
    "agrees": ".",
    "confirmed": ".",
    "drifted": "D",
    "refuted": "r",
    "not-checked": "-",
    "broken": "B",
}
_PER_LINE = 72
_UNWRAPPED = 10_000  # columns: output that a program reads is not wrapped
_TYPES: dict[str, Any] = {
    "text": str,
    "number": click.IntRange(min=1),
    "file": click.Path(path_type=Path, exists=True, dir_okay=False),
    "folder": click.Path(path_type=Path, file_okay=False),
}


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add every option of the table to a command."""
    for option in reversed(OPTIONS):
        command = _click_option(option)(command)
    return command


def _click_option(option: Option) -> Callable[[Any], Any]:
    settings: dict[str, Any] = {"help": option.help, "envvar": option.variables}
    if option.kind == "switch":
        return click.option(option.flag, option.name, is_flag=True, **settings)
    if not option.repeatable:
        settings["default"] = option.default
        settings["show_default"] = bool(option.choices) or option.kind == "folder"
    kind = click.Choice(option.choices) if option.choices else _TYPES[option.kind]
    metavar = None if option.choices else option.metavar
    return click.option(
        option.flag,
        option.name,
        type=kind,
        metavar=metavar,
        multiple=option.repeatable,
        **settings,
    )


@click.command()
@_with_options
def verify(**options: Any) -> None:
    """Check that the mock, or a real service, does what the vendors' documentation says.

    Credentials come from the environment only. Exit codes: 0 success,
    1 drift, 2 usage error, 3 nothing could be checked (at a --base-url, or with --require-live),
    4 a check is broken, 130 interrupted.
    """
    from mockserver.verification import observations, report_files  # noqa: PLC0415 - pytest: only here
    from mockserver.verification.check_runner import ChecksFailed  # noqa: PLC0415

    # SIGTERM ends a run as Ctrl-C does, so that the mock of the run ends and reports are written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    formats, fixtures = report_files.chosen(options["report"]), options["fixtures"]
    config = _config(options)
    try:
        known, day = observations.last(fixtures), observations.today()
        results = observations.remembered(_checked(config), known, day)
        click.echo("", err=True)
        _show(results)
        for path in report_files.write(results, formats, options["report_dir"]):
            click.echo(f"written: {path}", err=True)
        for path in observations.record(results, fixtures, day) if options["record"] else ():
            click.echo(f"recorded: {path}", err=True)
    except (ChecksFailed, observations.NotRecorded) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(BROKEN_CHECK if isinstance(error, ChecksFailed) else FAILURE)
    sys.exit(_exit_code(results, require_live=options["require_live"]))


def _checked(config: "RunConfig") -> "RunResults":
    """Return the results of a run, after the checks have shown that they can fail."""
    from mockserver.verification.check_runner import (  # noqa: PLC0415
        SelfCheckFailed,
        run_checks,
        self_check,
    )

    try:
        interrupted = self_check(config.vendors)
    except SelfCheckFailed as failed:
        results = run_checks(config, _show_progress) if failed.broken else None
        if results is None or not results.broken:
            raise
        return results
    return run_checks(config, _show_progress) if interrupted is None else interrupted


def _config(options: dict[str, Any]) -> "RunConfig":
    from mockserver.verification.run_config import (  # noqa: PLC0415
        RunConfig,
        base_urls,
        check_vendor,
        targets,
    )

    urls = base_urls(options["urls"], "--base-url")
    for vendor in options["vendors"]:
        check_vendor("--vendor", vendor)
    targets(options["target"], urls, allow_production=options["allow_production"])
    if options["record"] and options["target"] == "mock" and not urls:
        raise ConfigurationError(
            "--record needs a vendor's service: --target sandbox, or --base-url VENDOR=URL"
        )
    named = tuple(urls) if options["target"] == "mock" else ()
    vendors = tuple(options["vendors"]) or named
    if unused := set(urls) - set(vendors or urls):
        raise ConfigurationError(f"--base-url {', '.join(sorted(unused))}: --vendor leaves it out")
    given = {option.name: options[option.name] for option in OPTIONS if option.pytest_flag}
    return RunConfig(**{**given, "vendors": vendors, "urls": urls})


def _show_progress(result: "CheckResult", number: int, total: int) -> None:
    end = f" {number}/{total}\n" if number % _PER_LINE == 0 else ""
    click.echo(_SIGNS[result.verdict] + end, err=True, nl=False)


def _show(results: "RunResults") -> None:
    from mockserver.verification.report_table import (  # noqa: PLC0415
        missing_credentials,
        table,
    )

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _UNWRAPPED
    # None: colors at a terminal only.
    color = False if os.environ.get("NO_COLOR") else None
    click.echo(table(results, width), color=color)
    if not results.checked:
        made = {(each.reason.remedy, each.detail) for each in results.checks if each.reason}
        reasons = [detail for _, detail in sorted(made)[:3]] or ["no checks"]
        missing = missing_credentials(results)
        loud = "; ".join(filter(None, [*reasons, missing]))
        click.echo(click.style(f"NOTHING WAS CHECKED: {loud}", fg="red", bold=True), color=color)


def _exit_code(results: "RunResults", *, require_live: bool) -> int:
    if results.interrupted:
        return INTERRUPTED
    if results.broken:
        return BROKEN_CHECK
    if results.failed:
        return FAILURE
    unchecked = results.unchecked_addresses or (require_live and not results.checked)
    return NOT_CHECKED if unchecked else 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_page", is_flag=True, help="Print the page of the documentation.")
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("fixtures"),
    show_default=True,
    envvar="TOKEN_MOCKSERVER_FIXTURES",
    help="Folder of the recordings of `verify --record`.",
)
def ledger(*, as_json: bool, as_page: bool, fixtures: Path) -> None:
    """List every checked statement with its tag, source and last observation."""
    if as_json and as_page:
        raise click.UsageError("--json and --markdown: give one of them")
    from mockserver.verification import observations as book  # noqa: PLC0415 - pytest, for this command only
    from mockserver.verification.report_files import ledger_page  # noqa: PLC0415

    entries = book.entries(fixtures)
    form = book.as_json if as_json else ledger_page if as_page else book.as_table
    click.echo(form(entries).rstrip("\n"))

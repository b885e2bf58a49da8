"""`token-mockserver verify`: do the mock and the real services still say the same?"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.model.errors import ConfigurationError

if TYPE_CHECKING:
    from mockserver.verification.results import CheckResult, RunResults

_FINE, _FAILED, _NOT_CHECKED = 0, 1, 3
_SIGNS = {"agrees": ".", "confirmed": ".", "drifted": "D", "refuted": "r", "not-checked": "-"}
_TO_MEND = ("unreachable", "outage", "is not set", "credential", "redirects", "budget", "no API")
_PER_LINE = 72
_UNBROKEN = 10_000  # columns: what a program reads is not wrapped


def _variable(name: str) -> str:
    return f"TOKEN_MOCKSERVER_{name}"


@click.command()
@click.option(
    "--base-url",
    "base_urls",
    multiple=True,
    metavar="VENDOR=URL",
    envvar=_variable("BASE_URL"),
    help="Ask this server for that vendor, and no other vendor that is not named. Repeatable.",
)
@click.option(
    "--target",
    type=click.Choice(["mock", "sandbox", "production"]),
    default="mock",
    show_default=True,
    envvar=_variable("TARGET"),
    help="A mock started for the run, or the vendors' own services.",
)
@click.option(
    "--allow-production",
    is_flag=True,
    envvar=_variable("ALLOW_PRODUCTION"),
    help="Without it no production is asked.",
)
@click.option(
    "--vendor",
    "vendors",
    multiple=True,
    envvar=_variable("VENDOR"),
    help="Check this vendor only. Repeatable.",
)
@click.option(
    "--door",
    type=click.Choice(["server", "serve", "flask", "requests"]),
    default="server",
    show_default=True,
    envvar=_variable("DOOR"),
    help="How the mock of the run is reached.",
)
@click.option(
    "--require-live",
    is_flag=True,
    envvar=_variable("REQUIRE_LIVE"),
    help="Exit with 3 if nothing could be checked.",
)
@click.option(
    "--destructive",
    is_flag=True,
    envvar=_variable("DESTRUCTIVE"),
    help="At a real service, also make checks that end a token for good.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    envvar=_variable("BUDGET"),
    help="Calls at most; default: 200, without limit for a mock of ours.",
)
@click.option(
    "--ca-bundle",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar=[_variable("CA_BUNDLE"), "REQUESTS_CA_BUNDLE"],
    help="Certificates to trust, for a platform with an authority of its own.",
)
@click.option(
    "--report",
    default="",
    metavar="junit,json,md,html",
    envvar=_variable("REPORT"),
    help="Also write report.xml, report.json, report.md, report.html.",
)
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar=_variable("REPORT_DIR"),
    help="Where to; default: here.",
)
@click.option(
    "--record",
    is_flag=True,
    envvar=_variable("RECORD"),
    help="Keep what was observed, as shapes without secrets, in <vendor>/observed/.",
)
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("fixtures"),
    show_default=True,
    envvar=_variable("FIXTURES"),
    help="Folder of what was recordings.",
)
def verify(**options: Any) -> None:
    """Check that the mock, or a real service, does what the vendors' pages say.

    Credentials come from the environment, for example DSTOR_API_KEY. Exit codes: 0 fine, 1 drift,
    2 wrong usage, 3 nothing could be checked (with --require-live).
    """
    from mockserver.verification import recordings, reports, self_check  # noqa: PLC0415 - pytest: only here
    from mockserver.verification.check_runner import ChecksFailed, run_checks  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so the mock of the run ends too
    formats, fixtures = reports.chosen(options["report"]), options["fixtures"]
    order = _order(options)
    try:
        self_check.prove(order.vendors)
        known, day = recordings.last(fixtures), recordings.today()
        findings = recordings.remembered(run_checks(order, _show_progress), known, day)
        click.echo("", err=True)
        _tell(findings)
        for path in reports.write(findings, formats, options["report_dir"]):
            click.echo(f"written: {path}", err=True)
        for path in recordings.record(findings, fixtures, day) if options["record"] else ():
            click.echo(f"recorded: {path}", err=True)
    except (ChecksFailed, self_check.CannotFail, recordings.NotRecorded) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(_FAILED)
    sys.exit(_code(findings, require_live=options["require_live"]))


def _order(options: dict[str, Any]) -> Any:
    from mockserver.verification.run_config import RunConfig  # noqa: PLC0415
    from mockserver.verification.targets import aims, base_urls, check_vendor  # noqa: PLC0415

    urls = base_urls(options["base_urls"], "--base-url")
    for vendor in options["vendors"]:
        check_vendor("--vendor", vendor)
    aims(options["target"], urls, allow_production=options["allow_production"])
    if options["record"] and options["target"] == "mock" and not urls:
        raise ConfigurationError("--record: the mock of the run is no vendor; name a target")
    named = tuple(urls) if options["target"] == "mock" else ()
    vendors = tuple(options["vendors"]) or named
    if unused := set(urls) - set(vendors or urls):
        raise ConfigurationError(f"--base-url {', '.join(sorted(unused))}: --vendor leaves it out")
    taken = ("target", "door", "budget", "destructive", "allow_production", "ca_bundle")
    return RunConfig(vendors=vendors, urls=urls, **{name: options[name] for name in taken})


def _show_progress(finding: "CheckResult", number: int, total: int) -> None:
    sign = "+" if finding.grade == "additive" else _SIGNS[finding.verdict]
    end = f" {number}/{total}\n" if number % _PER_LINE == 0 else ""
    click.echo(sign + end, err=True, nl=False)


def _tell(findings: "RunResults") -> None:
    from mockserver.verification.reports.table import table  # noqa: PLC0415

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _UNBROKEN
    colour = False if os.environ.get("NO_COLOR") else None  # None: at a terminal
    click.echo(table(findings, width), color=colour)
    if not findings.checked:
        reasons = sorted({each.detail for each in findings.found}, key=_use) or ["no checks"]
        loud = f"NOTHING WAS CHECKED: {'; '.join(reasons[:3])}"
        click.echo(click.style(loud, fg="red", bold=True), color=colour)


def _use(reason: str) -> tuple[int, str]:
    """What somebody can do something about comes first."""
    sort = [number for number, word in enumerate(_TO_MEND) if word in reason]
    return min(sort, default=len(_TO_MEND)), reason


def _code(findings: "RunResults", *, require_live: bool) -> int:
    if findings.failed:
        return _FAILED
    return _NOT_CHECKED if require_live and not findings.checked else _FINE

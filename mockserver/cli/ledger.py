"""`token-mockserver ledger`: every statement about the vendors, with its evidence."""

from pathlib import Path

import click


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
    from mockserver.verification import evidence_ledger as book  # noqa: PLC0415 - pytest, for this command only
    from mockserver.verification.reports.pages import ledger_page  # noqa: PLC0415

    entries = book.entries(fixtures)
    form = book.as_json if as_json else ledger_page if as_page else book.as_table
    click.echo(form(entries).rstrip("\n"))

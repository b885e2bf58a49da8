"""`token-mockserver ledger`: what is stated of the vendors, on whose word, and when it was seen."""

from pathlib import Path

import click


@click.command()
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print a page of documentation.")
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("fixtures"),
    show_default=True,
    envvar="TOKEN_MOCKSERVER_FIXTURES",
    help="Where `verify --record` has written what it observed.",
)
def ledger(form: str | None, fixtures: Path) -> None:
    """List every statement that is checked, its tag, its source, its last observation."""
    from mockserver.verify import ledger as book  # noqa: PLC0415 - pytest, for this command only
    from mockserver.verify.reports.document import ledger_page  # noqa: PLC0415

    entries = book.entries(fixtures)
    forms = {"json": book.as_json, "markdown": ledger_page}
    click.echo(forms.get(form or "", book.as_table)(entries).rstrip("\n"))

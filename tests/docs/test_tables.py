"""The measured tables of the documentation are made from the newest results."""

from types import ModuleType

import pytest

from interop.faults import table as faults
from interop.jwt_libraries import table as jwt_libraries


@pytest.mark.parametrize("table", [faults, jwt_libraries], ids=lambda each: each.__package__)
def test_a_page_has_the_tables_of_the_newest_results(table: ModuleType) -> None:
    page = table.PAGE.read_text(encoding="utf-8")
    assert table.filled(page, table.TABLES) == page, f"python -m {table.__name__} makes them"

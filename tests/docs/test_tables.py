"""The measured tables of the documentation are made from the newest results."""

from interop.jwt_libraries.table import PAGE, filled


def test_the_page_of_jwt_libraries_has_the_tables_of_the_newest_results() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "python -m interop.jwt_libraries.table makes them"

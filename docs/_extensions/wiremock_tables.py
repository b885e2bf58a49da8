"""Write the tables of docs/wiremock.md from the tables that the code reads."""

from collections.abc import Iterable
from pathlib import Path

from mockserver.wiremock.mapping_fields import (
    UNSUPPORTED_MAPPING,
    UNSUPPORTED_MATCHERS,
    UNSUPPORTED_REQUEST,
    UNSUPPORTED_RESPONSE,
)
from mockserver.wiremock.matchers import MATCHERS
from mockserver.wiremock.pattern_fields import FIELDS
from mockserver.wiremock.response_definition import RESPONSE_FIELDS
from mockserver.wiremock.stub_mapping import MAPPING_FIELDS

PAGE = Path(__file__).parents[1] / "wiremock.md"
START, END = "<!-- generated -->\n", "<!-- end of the generated part -->\n"
_OWN = ("vendor", "endpoint")


def tables() -> str:
    """Return the generated part of the page."""
    request = {name: field.note for name, field in FIELDS.items() if name not in _OWN}
    request["pathParameters"] = "with `urlPathTemplate`"
    matchers = {name: _matcher_note(name) for name in MATCHERS}
    matchers["includes"] = "of headers and parameters: each matcher accepts one of the values"
    matchers["hasExactly"] = "and there are as many values as matchers"
    parts = (
        ("the mapping", MAPPING_FIELDS, UNSUPPORTED_MAPPING),
        ("`request`", request, UNSUPPORTED_REQUEST),
        ("matchers", matchers, UNSUPPORTED_MATCHERS),
        ("`response`", RESPONSE_FIELDS, UNSUPPORTED_RESPONSE),
    )
    rows = [_row(part, supported.items()) for part, supported, _ in parts]
    refused = [_row(part, names.items()) for part, _, names in parts]
    return "\n".join(
        f"| part | {title} |\n| --- | --- |\n{''.join(lines)}"
        for title, lines in (("supported", rows), ("refused, with the reason", refused))
    )


def written(page: str) -> str:
    """Return the text of the page with its generated part replaced."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n{tables()}\n{END}{rest.partition(END)[2]}"


def _matcher_note(name: str) -> str:
    operator = MATCHERS[name]
    options = ", ".join(f"`{option}`" for option in operator.options)
    return "; ".join(filter(None, [options and f"with {options}", operator.note]))


def _row(part: str, fields: Iterable[tuple[str, str]]) -> str:
    cells = [f"`{name}`{f' ({note})' if note else ''}" for name, note in fields]
    return f"| {part} | {', '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Programs that know nothing of a mock, under `token-mockserver run`; those of this machine.

`python -m interop.clients` does the same with all clients, each in a pinned version.
"""

import re
from pathlib import Path

import pytest

from interop.clients.catalog import (
    CURL,
    CURL_CLIENT,
    JAVA,
    JAVA_CLIENTS,
    STANDARD_NODE,
    TESTED_PYTHON,
    WGET,
    WGET_CLIENT,
    Client,
)
from interop.clients.purchase import buy
from interop.clients.runtimes import Node, NotInstalled, Python, Runtime
from interop.clients.table import table

HERE: dict[Runtime, tuple[Client, ...]] = {
    Python(ready=True): TESTED_PYTHON,
    Node(): STANDARD_NODE,
    JAVA: JAVA_CLIENTS,
    CURL: (CURL_CLIENT,),
    WGET: (WGET_CLIENT,),
}


CLIENTS = [
    pytest.param(runtime, client, id=f"{runtime.name}-{client.name}")
    for runtime, programs in HERE.items()
    for client in programs
]


@pytest.mark.parametrize(("runtime", "client"), CLIENTS)
def test_an_unchanged_program_buys_a_token(
    runtime: Runtime, client: Client, tmp_path: Path
) -> None:
    try:
        runtime.install(tmp_path)
    except NotInstalled as error:
        pytest.skip(f"NOT CHECKED: {error}")
    command = [*runtime.command(tmp_path, client.program), *client.arguments]
    bought, printed = buy(command, tmp_path)
    assert bought, printed


def test_the_documentation_shows_the_newest_results() -> None:
    page = (Path(__file__).parents[2] / "docs/clients/index.md").read_text()
    shown = re.search(r"<!-- generated[^>]*-->\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == table(), "python -m interop.clients.table prints it"

"""The options of a run: one table for the command line, the environment, and pytest."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import pytest

Kind = Literal["text", "choice", "switch", "number", "file", "folder"]


class Option(NamedTuple):
    """One option.

    Attributes:
        name: The name in `RunConfig`, and of the parameter of the command.
        flag: The flag of `token-mockserver verify`.
        help: The help text.
        kind: The type of the value.
        default: The value if the option is not given.
        choices: The values of a choice.
        metavar: The placeholder of the value in the help.
        repeatable: True if the option can be given several times.
        pytest_flag: The flag of `pytest contract_tests`; empty if pytest does not have the option.
        pytest_choices: Further choices for pytest.
        variable: A second environment variable, after `TOKEN_MOCKSERVER_<NAME>`.
    """

    name: str
    flag: str
    help: str
    kind: Kind = "text"
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    repeatable: bool = False
    pytest_flag: str = ""
    pytest_choices: tuple[str, ...] = ()
    variable: str = ""

    @property
    def variables(self) -> list[str]:
        """Return the environment variables that give the option, the first one first."""
        own = f"TOKEN_MOCKSERVER_{self.flag.removeprefix('--').replace('-', '_').upper()}"
        return [own, *filter(None, [self.variable])]

    @property
    def destination(self) -> str:
        """Return the name under which pytest keeps the value."""
        return f"token_{self.name}"


OPTIONS = (
    Option(
        "urls",
        "--base-url",
        "Check the vendor at this URL, and only vendors with a URL. Repeatable.",
        metavar="VENDOR=URL",
        repeatable=True,
        pytest_flag="--vendor-url",
    ),
    Option(
        "target",
        "--target",
        "A mock started for the run, or the vendors' own services.",
        "choice",
        "mock",
        ("mock", "sandbox", "production"),
        pytest_flag="--token-target",
    ),
    Option(
        "allow_production",
        "--allow-production",
        "Allow the target production.",
        "switch",
        False,
        pytest_flag="--token-allow-production",
    ),
    Option(
        "vendors",
        "--vendor",
        "Check this vendor only. Repeatable.",
        metavar="NAME",
        repeatable=True,
        pytest_flag="--only-vendor",
    ),
    Option(
        "door",
        "--door",
        "How the mock of the run is reached.",
        "choice",
        "server",
        ("server", "serve", "flask", "requests"),
        pytest_flag="--token-door",
        pytest_choices=("planted",),
    ),
    Option(
        "require_live",
        "--require-live",
        "Exit with 3 if nothing could be checked.",
        "switch",
        False,
    ),
    Option(
        "destructive",
        "--destructive",
        "Also make checks that permanently revoke a token of a real service.",
        "switch",
        False,
        pytest_flag="--token-destructive",
    ),
    Option(
        "budget",
        "--budget",
        "Maximum number of calls; default: 200, or unlimited for a mock of this project.",
        "number",
        metavar="N",
        pytest_flag="--token-budget",
    ),
    Option(
        "ca_bundle",
        "--ca-bundle",
        "PEM file of certificates to trust, for a service with a private authority.",
        "file",
        metavar="FILE",
        pytest_flag="--token-ca-bundle",
        variable="REQUESTS_CA_BUNDLE",
    ),
    Option(
        "report",
        "--report",
        "Also write report.xml, report.json, report.md, report.html.",
        default="",
        metavar="junit,json,md,html",
    ),
    Option(
        "report_dir",
        "--report-dir",
        "The folder of the reports.",
        "folder",
        Path(),
        metavar="DIR",
    ),
    Option(
        "record",
        "--record",
        "Write observations (shapes without secrets) to <vendor>/observed/.",
        "switch",
        False,
    ),
    Option(
        "fixtures",
        "--fixtures",
        "The folder of the observations.",
        "folder",
        Path("fixtures"),
        metavar="DIR",
    ),
)
"""Every option, in the order of the help."""


def add_options(parser: "pytest.Parser") -> None:
    """Add the options that `pytest contract_tests` has; no common plugin uses their names."""
    group = parser.getgroup("contract checks")
    for option in OPTIONS:
        if option.pytest_flag:
            group.addoption(option.pytest_flag, **_pytest_arguments(option))


def _pytest_arguments(option: Option) -> dict[str, Any]:
    arguments: dict[str, Any] = {"dest": option.destination, "help": option.help}
    if option.kind == "switch":
        return {**arguments, "action": "store_true"}
    if option.repeatable:
        return {**arguments, "action": "append", "default": [], "metavar": option.metavar}
    if option.choices:
        arguments["choices"] = [*option.choices, *option.pytest_choices]
    else:
        arguments["metavar"] = option.metavar
    converter = {"number": int, "file": Path}.get(option.kind, str)
    return {**arguments, "type": converter, "default": option.default}

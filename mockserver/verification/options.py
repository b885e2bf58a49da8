"""pytest's options for the checks; their names are such as no common plugin has."""

import pytest

from mockserver.verification.mock_adapters import MOCK_ADAPTERS
from mockserver.verification.targets import TARGETS


def add_options(parser: pytest.Parser) -> None:
    """The options of `pytest contract_tests`; `token-mockserver verify` has them too."""
    group = parser.getgroup("contract checks")
    group.addoption(
        "--token-target",
        choices=TARGETS,
        default="mock",
        help="whom to check: a mock started for the run, or the vendors' own services",
    )
    group.addoption(
        "--vendor-url",
        action="append",
        default=[],
        metavar="VENDOR=URL",
        help="point the checks of this vendor at another server (repeatable)",
    )
    group.addoption(
        "--only-vendor",
        action="append",
        default=[],
        metavar="NAME",
        help="leave the checks of other vendors out (repeatable)",
    )
    group.addoption(
        "--token-door", choices=[*MOCK_ADAPTERS], default="server", help="door of the mock"
    )
    group.addoption("--token-budget", type=int, metavar="N", help="calls to real services (200)")
    group.addoption("--token-ca-bundle", metavar="FILE", help="certificates to trust")
    group.addoption(
        "--token-destructive",
        action="store_true",
        help="at a real service too, make checks that end what cannot be had back",
    )
    group.addoption(
        "--token-allow-production", action="store_true", help="let production be checked"
    )

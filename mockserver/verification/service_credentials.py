"""With what a vendor is asked: an account's own words, from the environment or built in."""

from collections.abc import Mapping
from typing import Any

from mockserver.model.live_service import LiveService
from mockserver.verification.guarded_client import not_checked


class ServiceCredentials(dict[str, Any]):
    """The fields of an account, in the vendor's own names.

    A check that needs one that is not there is not checked; the reason names its variable.
    """

    def __init__(self, known: Mapping[str, Any], live: LiveService) -> None:
        super().__init__(known)
        self._live = live

    def __missing__(self, field: str) -> Any:
        variable = self._live.credentials.get(field)
        reason = f"{variable} is not set" if variable else f"no variable has the {field}"
        not_checked("credential missing", reason)


def from_environment(live: LiveService, environment: Mapping[str, str]) -> dict[str, str]:
    """What is set of the variables that a vendor declares."""
    return {
        field: environment[variable]
        for field, variable in live.credentials.items()
        if environment.get(variable)
    }

"""With what a vendor is asked: an account's own words, from the environment or built in."""

import os
import re
from collections.abc import Mapping

import pytest


class Credentials:
    """The fields of an account, in the vendor's own names.

    A field comes from the environment (`api-key` of dstor: `DSTOR_API_KEY`), else from `built_in`;
    a check that needs one which neither has is skipped.
    """

    def __init__(self, vendor: str, built_in: Mapping[str, str], *, environment: bool) -> None:
        self._vendor = vendor
        self._built_in = built_in
        self._environment = os.environ if environment else {}

    def __getitem__(self, field: str) -> str:
        variable = variable_of(self._vendor, field)
        value = self._environment.get(variable) or self._built_in.get(field)
        if value is None:
            pytest.skip(f"{variable} is not set, and the target is no mock with a known account")
        return value


def variable_of(vendor: str, field: str) -> str:
    """The environment variable of a field: `appSecret` of dapi is `DAPI_APP_SECRET`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", field)
    return f"{vendor}_{words}".upper()

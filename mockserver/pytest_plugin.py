"""Make `mockserver.pytest_plugin` an alias of `token_mockserver.pytest_plugin`."""

import sys

from token_mockserver import pytest_plugin

sys.modules[__name__] = pytest_plugin

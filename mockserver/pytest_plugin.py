"""The pytest plugin under its other name: this module is `token_mockserver.pytest_plugin`."""

import sys

from token_mockserver import pytest_plugin

sys.modules[__name__] = pytest_plugin

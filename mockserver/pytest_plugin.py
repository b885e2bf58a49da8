"""The pytest plugin by its former name, for installations of the repository (not in the wheel)."""

from token_mockserver.pytest_plugin import *  # noqa: F403 - hooks and fixtures

"""The conformance suite for a command in any language that makes one call."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.conformance.results import Played
from mockserver.conformance.scenarios import parts_of, scenarios_of, vendor_of
from mockserver.model.errors import MockServerError

_CRASH = re.compile(
    r"^\s*(?:Uncaught )?((?:[\w.]*\.)?(?:TypeError|KeyError|AttributeError|IndexError|ValueError|"
    r"\w*DecodeError|SyntaxError|NullPointerException|NoMethodError))\b",
    re.MULTILINE,
)


def play_all(
    mock: Any, vendor: str, command: Sequence[str], variables: Mapping[str, str], seconds: float
) -> Iterator[Played]:
    """Yield each scenario that a command can play, after it was played on a new state."""
    chosen = vendor_of(vendor)
    for scenario in scenarios_of(chosen):
        if scenario.needs_memory:
            continue
        mock.reset()
        driver = _CommandDriver(mock, command, variables, seconds)
        scenario.play(driver, parts_of(chosen))
        yield Played(scenario, mock.verdicts(), driver.errors, driver.crashes)


class _CommandDriver:
    """Runs a command for each call: a new process, which remembers nothing."""

    remembers = False

    def __init__(
        self, mock: Any, command: Sequence[str], variables: Mapping[str, str], seconds: float
    ) -> None:
        self.mock = mock
        self.errors: list[str] = []
        self.crashes: list[str] = []
        self._command = command
        self._variables = variables
        self._seconds = seconds

    def call(self) -> None:
        """Run the command, and keep the error that it prints."""
        environment = {**os.environ, **self._variables}
        try:
            done = subprocess.run(
                self._command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._seconds,
                env=environment,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            self.errors.append(f"it did not end within {self._seconds:g} s")
            return
        except OSError as error:
            raise MockServerError(f"{self._command[0]} cannot be run: {error}") from None
        if done.returncode:
            self.errors.append(done.stderr.strip()[-500:])
            if crash := _CRASH.search(done.stderr):
                self.crashes.append(crash[1])

    def crowd(self, _callers: int) -> None:
        """Run the command once: simultaneous callers are its own."""
        self.call()

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the mock."""
        self.mock.clock.advance(seconds=seconds)

"""The conformance suite for a command in any language that makes one call."""

import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mockserver.conformance.scenario_steps import TokenEndpoints
from mockserver.conformance.scenarios import Played, endpoints_of, scenarios_of, vendor_of
from mockserver.model.errors import MockServerError

_CRASH = re.compile(
    r"^\s*(?:Uncaught )?((?:[\w.]*\.)?(?:TypeError|KeyError|AttributeError|IndexError|ValueError|"
    r"\w*DecodeError|SyntaxError|NullPointerException|NoMethodError))\b",
    re.MULTILINE,
)


def play_all(  # noqa: PLR0913 - what a command is run with
    mock: Any,
    vendor: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    seconds: float,
    *,
    caches: Sequence[Path] = (),
) -> Iterator[Played]:
    """Run each scenario of a vendor on a new state, in a new folder, and yield it.

    A command whose second run needs no purchase keeps its token in a file. For any other command,
    scenarios that need a kept token are not run and show nothing.

    Args:
        mock: The controls of the server.
        vendor: The vendor's name.
        command: The command, which makes one call.
        variables: Variables that are added to the environment of this process.
        seconds: The real seconds after which a run of the command is ended.
        caches: Files and folders that are moved aside, so that a scenario begins without them.

    Raises:
        MockServerError: The command cannot be run, sends no request to the vendor, or keeps its
            token at another place than its folder and `caches`.
    """
    chosen = vendor_of(vendor)
    run = partial(_CommandDriver, mock, command, variables, seconds)
    endpoints = endpoints_of(chosen)
    remembers = _remembers(mock, endpoints, run, caches)
    obtained = _obtained(mock, endpoints)
    for scenario in scenarios_of(chosen):
        mock.reset()
        with _working_folder(caches) as folder:
            driver = run(folder, remembers=remembers)
            if remembers or not scenario.needs_memory:
                scenario.play(driver, endpoints)
            _refuse_old_tokens(mock, obtained)
            obtained |= _obtained(mock, endpoints)
            verdicts = mock.verdicts(one_caller=not driver.was_crowd)
            yield Played(scenario, verdicts, driver.errors, driver.crashes)


def _remembers(
    mock: Any,
    endpoints: TokenEndpoints,
    run: Callable[..., "_CommandDriver"],
    caches: Sequence[Path],
) -> bool:
    """Return True if the second of two runs in one folder sends requests but obtains no token.

    Raises:
        MockServerError: The first run sends the vendor no request, so that no scenario would show
            anything.
    """
    mock.reset()
    with _working_folder(caches) as folder:
        driver = run(folder, remembers=False)
        driver.call()
        before = mock.requests.total()
        if not mock.requests.count(endpoints.vendor):
            ended = f" ({driver.errors[0]})" if driver.errors else ""
            raise MockServerError(
                f"the command sent no request to {endpoints.vendor}{ended}. It must call the "
                "vendor's host, or the address in a variable that `token-mockserver env` prints"
            )
        driver.call()
        second = mock.requests.all()[before:]
    return bool(second) and not any(each.endpoint in endpoints.purchases for each in second)


def _obtained(mock: Any, endpoints: TokenEndpoints) -> set[str | None]:
    """Return the ids of the tokens that were obtained."""
    asked = mock.requests.find(endpoints.vendor)
    return {each.token_id for each in asked if each.endpoint in endpoints.purchases} - {None}


def _refuse_old_tokens(mock: Any, obtained: set[str | None]) -> None:
    """Raise MockServerError if a token was sent that was obtained in an earlier scenario."""
    if not obtained.isdisjoint(each.token_id for each in mock.requests.all()):
        raise MockServerError(
            "the command sent a token of an earlier scenario: let it keep tokens in its working "
            "folder, which is a new one for each scenario, or name the file with --cache"
        )


@contextmanager
def _working_folder(caches: Sequence[Path]) -> Iterator[str]:
    """Yield a temporary folder with links to everything in the working directory.

    New files of the command stay in the temporary folder. The caches are moved aside meanwhile.
    """
    with TemporaryDirectory(prefix="token-mockserver-") as folder, ExitStack() as stack:
        for each in caches:
            stack.enter_context(_away(each))
        for each in Path.cwd().iterdir():
            Path(folder, each.name).symlink_to(each)
        yield folder


@contextmanager
def _away(cache: Path) -> Iterator[None]:
    """Move a file or folder aside for a block; afterwards remove its replacement and move it back.

    Raises:
        MockServerError: The other name exists already.
    """
    aside = cache.with_name(f"{cache.name}.token-mockserver")
    if aside.exists():
        raise MockServerError(f"{aside} exists, from a run that was broken off: move it to {cache}")
    existed = cache.exists()
    if existed:
        cache.rename(aside)
    try:
        yield
    finally:
        if cache.is_dir():
            shutil.rmtree(cache)
        else:
            cache.unlink(missing_ok=True)
        if existed:
            aside.rename(cache)


class _CommandDriver:
    """Runs a command for each call: a new process, whose only memory is its folder."""

    gathering = 3.0

    def __init__(  # noqa: PLR0913 - what a command is run with
        self,
        mock: Any,
        command: Sequence[str],
        variables: Mapping[str, str],
        seconds: float,
        folder: str,
        *,
        remembers: bool,
    ) -> None:
        self.mock = mock
        self.remembers = remembers
        self.errors: list[str] = []
        self.crashes: list[str] = []
        self.was_crowd = False
        self._command = command
        self._variables = variables
        self._seconds = seconds
        self._folder = folder
        self._passed = 0.0

    def call(self) -> None:
        """Run the command, and keep the error that it prints."""
        passed = {"TOKEN_MOCKSERVER_TIME_OFFSET": str(math.ceil(self._passed))}
        environment = {**os.environ, **self._variables, **passed}
        try:
            done = subprocess.run(
                self._command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._seconds,
                cwd=self._folder,
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
            said = done.stderr.strip()[-500:]
            ending = f": {said}" if said else ", nothing on stderr"
            self.errors.append(f"exit code {done.returncode}{ending}")
            if crash := _CRASH.search(done.stderr):
                self.crashes.append(crash[1])

    def crowd(self, callers: int) -> None:
        """Run the command several times at once; the processes share the file with its token.

        A command that keeps no token runs once, because its processes have nothing to share. It
        may make simultaneous calls itself.
        """
        if not self.remembers:
            self.call()
            return
        self.was_crowd = True
        with ThreadPoolExecutor(callers) as pool:
            list(pool.map(lambda _: self.call(), range(callers)))

    def pass_time(self, seconds: float) -> None:
        """Move the mock's clock; the next run gets the sum of all moves as a variable."""
        self.mock.clock.advance(seconds=seconds)
        self._passed += seconds

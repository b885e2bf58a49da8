"""Run a command as if it had been started in this process's place."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from mockserver.model.errors import MockServerError

_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT")
_NOT_FOUND = 127  # the exit codes that shells have for these cases
_NOT_EXECUTABLE = 126


class CommandNotStarted(MockServerError):
    """A command that cannot be started; `exit_code` is what a shell would return."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command on this process's terminal and standard streams, and wait for its end.

    Signals are passed on to it. Ctrl-C reaches it from the terminal, so that this process only
    has to outlive it.

    Args:
        command: The program and its arguments.
        environment: The whole environment of the command.

    Returns:
        Its exit code, 128 and the signal's number where a signal ended it.

    Raises:
        CommandNotStarted: There is no such program, or it cannot be executed.
    """
    try:
        process = subprocess.Popen(command, env=dict(environment))
    except FileNotFoundError:
        raise CommandNotStarted(f"{command[0]}: command not found", _NOT_FOUND) from None
    except OSError as error:
        text = f"{command[0]}: {error.strerror}"
        raise CommandNotStarted(text, _NOT_EXECUTABLE) from None
    with _signals_passed_to(process):
        code = process.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _signals_passed_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    names = [name for name in _PASSED_ON if hasattr(signal, name)]
    handlers = {getattr(signal, name): pass_on for name in names}
    before = {number: signal.signal(number, pass_on) for number in handlers}
    # A terminal sends Ctrl-C to the whole process group: to pass it on would send it twice.
    at_terminal = sys.stdin is not None and os.isatty(0)
    before[signal.SIGINT] = signal.signal(signal.SIGINT, _ignore if at_terminal else pass_on)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    # Not SIG_IGN, which the command would inherit.
    pass

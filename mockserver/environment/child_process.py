"""Run a command with this process's terminal, streams, signals and exit code."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, Self

from mockserver.model.errors import MockServerError

_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT")
_NOT_FOUND = 127  # the exit codes that shells have for these cases
_NOT_EXECUTABLE = 126


class CommandNotStarted(MockServerError):
    """A command that cannot be started; `exit_code` is what a shell would return."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command with this process's terminal and standard streams until it ends.

    Signals to this process are passed on to the command. The terminal sends Ctrl-C to both; this
    process ignores it and waits until the command ends.

    Args:
        command: The program and its arguments.
        environment: The whole environment of the command.

    Returns:
        The exit code of the command; 128 plus the signal's number if a signal ended it.

    Raises:
        CommandNotStarted: There is no such program, or it cannot be executed.
    """
    with _PassedSignals() as signals:
        try:
            process = subprocess.Popen(command, env=dict(environment))
        except FileNotFoundError:
            raise CommandNotStarted(f"{command[0]}: command not found", _NOT_FOUND) from None
        except OSError as error:
            text = f"{command[0]}: {error.strerror}"
            raise CommandNotStarted(text, _NOT_EXECUTABLE) from None
        signals.pass_to(process)
        code = process.wait()
    return code if code >= 0 else 128 - code


class _PassedSignals:
    """Passes signals on to a process, including those that arrive before it starts."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # A terminal sends Ctrl-C to the whole process group: to pass it on would send it twice.
        at_terminal = sys.stdin is not None and os.isatty(0)
        handlers: dict[int | None, Any] = {
            getattr(signal, name, None): self._handle for name in _PASSED_ON
        }
        handlers[signal.SIGINT] = _ignore if at_terminal else self._handle
        self._before = {
            number: signal.signal(number, handler)
            for number, handler in handlers.items()
            if number is not None
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pass_to(self, process: subprocess.Popen[bytes]) -> None:
        """Pass earlier signals to a process, and all signals from now on."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    # Not SIG_IGN, which the command would inherit.
    pass

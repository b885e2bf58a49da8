"""Texts for connection errors: those of the libraries repeat what was sent, secrets included."""

import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3


class NoAnswer(OSError):
    """An answer that cannot be judged; the text says why."""


_TEXTS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.InvalidHeader, "the credentials hold characters that no header can"),
    (UnicodeError, "the credentials hold characters that no header can"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "TLS failed"),
    (requests.exceptions.SSLError, "TLS failed"),
    (urllib3.exceptions.NameResolutionError, "the name of the host is unknown"),
    (socket.gaierror, "the name of the host is unknown"),
    (ConnectionRefusedError, "the connection is refused"),
    (ConnectionResetError, "the connection was reset"),
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.ReadTimeout, "no answer in time"),
    (urllib3.exceptions.ReadTimeoutError, "no answer in time"),
    (urllib3.exceptions.IncompleteRead, "the answer broke off"),
    (urllib3.exceptions.DecodeError, "the answer cannot be decompressed"),
)


def error_text(error: BaseException) -> str:
    """Return one line that explains an error and repeats nothing of the request."""
    errors = list(_chain(error))
    for ours in errors:
        if isinstance(ours, NoAnswer):
            return str(ours)
    for kind, text in _TEXTS:
        for found in errors:
            if isinstance(found, kind):
                return f"{text} ({_why(found)})" if isinstance(found, ssl.SSLError) else text
    return f"the connection failed ({type(errors[-1]).__name__})"


def _why(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or "no reason given"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its causes, and the errors that it carries as arguments."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseException) and error not in seen:
            seen.append(error)
            waiting += [error.__cause__, error.__context__, getattr(error, "reason", None)]
            waiting += [part for part in error.args if isinstance(part, BaseException)]
    return iter(seen)

"""Why no answer came, in our own words: those of the libraries repeat what was sent."""

import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3


class NoAnswer(OSError):
    """What came cannot be judged; the text says why."""


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.InvalidHeader, "the credentials hold what no header can"),
    (UnicodeError, "the credentials hold what no header can"),
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
    """One line for a person. Nothing of the request is in it."""
    errors = list(_chain(error))
    for ours in errors:
        if isinstance(ours, NoAnswer):
            return str(ours)
    for kind, words in _WORDS:
        for found in errors:
            if isinstance(found, kind):
                return f"{words} ({_why(found)})" if isinstance(found, ssl.SSLError) else words
    return f"the connection failed ({type(errors[-1]).__name__})"


def _why(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or "no reason given"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it was raised from, and what it carries."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseException) and error not in seen:
            seen.append(error)
            waiting += [error.__cause__, error.__context__, getattr(error, "reason", None)]
            waiting += [part for part in error.args if isinstance(part, BaseException)]
    return iter(seen)

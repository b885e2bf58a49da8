"""The names of fields that hold secrets: the usual ones, and those that vendors declare."""

import re
from collections.abc import Iterable, Mapping

USUAL_NAMES = (
    "authorization",
    "cookie",
    "api-key",
    "access-key",
    "private-key",
    "auth-token",
    "access-token",
    "refresh-token",
    "id-token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "session",
    "csrf",
    "xsrf",
    "signature",
    "assertion",
    "jwt",
)
"""Names that are secret wherever they stand in a longer name, in any case and with any separators.

"secret" covers `client_secret` and `Secret-Key`; "authorization" covers `Proxy-Authorization`.
"""

_TOKEN = "token"  # secret as the end of a name only: token_type and tokenId say nothing secret
_MOST = 10_000  # names whose answer is kept: clients choose names


class SecretNames:
    """Tells whether a field holds a secret, by its name.

    A name is secret if it contains one of `USUAL_NAMES`, ends in "token", or contains a name that
    was declared; of a declared name that is a single word, if it ends in it. `user[password]` and
    `user.password` are secret because a part of them is.

    Args:
        declared: The names that vendors declare, in any spelling.
    """

    def __init__(self, declared: Iterable[str] = ()) -> None:
        names = list(declared)
        several = [name for name in names if len(_words(name)) > 1]
        single = [name for name in names if len(_words(name)) == 1]
        self._anywhere = tuple(map(_squeezed, (*USUAL_NAMES, *several)))
        self._at_end = (_TOKEN, *map(_squeezed, single))
        self._answers: dict[str, bool] = {}

    def first_public(self, fields: Mapping[str, object]) -> str | None:
        """Return the first text whose field is not secret, or None."""
        texts = ((name, value) for name, value in fields.items() if isinstance(value, str))
        return next((value for name, value in texts if name not in self), None)

    def __contains__(self, name: str) -> bool:
        answer = self._answers.get(name)
        if answer is None:
            answer = any(map(self._is_secret, re.split(r"[.\[\]]", name)))
            if len(self._answers) < _MOST:
                self._answers[name] = answer
        return answer

    def _is_secret(self, part: str) -> bool:
        squeezed = _squeezed(part)
        return squeezed.endswith(self._at_end) or any(name in squeezed for name in self._anywhere)


def _words(name: str) -> list[str]:
    """Split `Secret-Key`, `api_key` and `accessCode` into words."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name))


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()

"""What must never be shown: what is sent to buy tokens, and what is bought."""

import re
from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

import requests

from mockserver.model.redaction import NAMES, Redactor

_RANDOM = re.compile(r"(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}", re.ASCII)
"""What looks made up by a machine may be a secret that nobody has told us of."""

_LONGEST = 600  # characters of what is shown of one thing


class Secrets:
    """Every secret of a run; takes them out of what is shown."""

    def __init__(self) -> None:
        self._redactor = Redactor(token_bytes(16), lambda: ())

    def learn(self, fields: Mapping[str, Any]) -> None:
        """Every text in these fields is a secret."""
        for value in fields.values():
            if isinstance(value, str):
                self._redactor.remember(value)
            elif isinstance(value, Mapping):
                self.learn(value)

    def learn_from(self, answer: requests.Response) -> bool:
        """What an answer holds under a name that secrets have is a secret. Whether there is any."""
        try:
            return self._search(answer.json(), "")
        except (ValueError, RecursionError):  # what is no JSON holds no token of a vendor's
            return False

    def shown(self, text: str) -> str:
        """A text without secrets or signs that a terminal obeys, and short.

        Redacted first, cut then: half a secret is not found.
        """
        text = _RANDOM.sub(lambda run: self._redactor.tag(run[0]), self._redactor.text(text))
        text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

    def unshortened(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.text(text)

    def clean(self, text: str) -> bool:
        """Whether there is neither a secret in a text nor anything that looks like one."""
        return self._redactor.text(text) == text

    def _search(self, value: Any, name: str) -> bool:
        if isinstance(value, Mapping):
            found = [self._search(item, key) for key, item in value.items()]
            return any(found)
        if isinstance(value, list):
            found = [self._search(item, name) for item in value]
            return any(found)
        if isinstance(value, str) and name.lower() in NAMES:
            self._redactor.remember(value)
            return True
        return False

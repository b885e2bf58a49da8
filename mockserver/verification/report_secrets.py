"""The secrets of a run, which no report and no error may show."""

import re
from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

import requests

from mockserver.model.known_secrets import SecretNames
from mockserver.model.redaction import Redactor
from mockserver.vendors import discover

_RANDOM = re.compile(r"(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}", re.ASCII)
"""Text that looks generated; it may be a secret that the run does not know."""

_LONGEST = 600  # characters


class Secrets:
    """The secrets of a run."""

    def __init__(self) -> None:
        declared = [name for vendor in discover() for name in vendor.secret_fields]
        self._names = SecretNames(declared)
        self._redactor = Redactor(token_bytes(16), lambda: (), self._names)

    def learn(self, fields: Mapping[str, Any]) -> None:
        """Add every text in these fields."""
        for value in fields.values():
            if isinstance(value, str):
                self._redactor.remember(value)
            elif isinstance(value, Mapping):
                self.learn(value)

    def learn_from(self, answer: requests.Response) -> bool:
        """Add the texts of an answer under the names of secrets; return True if there are any."""
        try:
            return self._search(answer.json(), "")
        except (ValueError, RecursionError):
            return False

    def shown(self, text: str) -> str:
        """Return a text without secrets and control characters, of limited length."""
        # Redacted before it is cut, because half a secret would not be recognized.
        text = _RANDOM.sub(lambda run: self._redactor.tag(run[0]), self._redactor.text(text))
        text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

    def unshortened(self, text: str) -> str:
        """Return a text without secrets, of any length."""
        return self._redactor.text(text)

    def clean(self, text: str) -> bool:
        """Return True if a text has no secret in it, and nothing that looks like one."""
        return self._redactor.text(text) == text

    def _search(self, value: Any, name: str) -> bool:
        if isinstance(value, Mapping):
            found = [self._search(item, key) for key, item in value.items()]
            return any(found)
        if isinstance(value, list):
            found = [self._search(item, name) for item in value]
            return any(found)
        if isinstance(value, str) and name in self._names:
            self._redactor.remember(value)
            return True
        return False

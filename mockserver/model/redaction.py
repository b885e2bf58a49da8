"""The one place where secrets are taken out of what is shown.

What was redacted reads `[redacted:1a2b]`: a short tag from a keyed hash, equal for equal values,
so that a reader sees *that* two values differ without seeing the values.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self
from urllib.parse import unquote, unquote_plus

from mockserver.model.http import Pairs
from mockserver.model.known_secrets import KnownSecrets

NAMES = frozenset(
    {
        *("api-key", "api_key", "secret-key", "appsecret", "usersecret", "password"),
        *("accesscode", "accesstoken", "access_token", "user-token", "token", "authorization"),
    }
)
"""Fields that hold a secret wherever they stand: header, query, form, JSON at any depth."""

_SCHEMES = frozenset({"basic", "bearer", "digest", "jwt", "token", "apikey", "negotiate"})
# None is compiled yet: they take their time, and many a process never shows anything.
_JWT = r"(?a)eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*"
_BASE64 = r"[A-Za-z0-9+/_-]{8,}={0,2}"
_BASE64_PART = r"[A-Za-z0-9+_-]{8,}={0,2}"  # of a path
_BASIC = r"(?i)(basic\s+)([A-Za-z0-9+/]+={0,2})"
_ESCAPED = r"\\(?:u([0-9a-fA-F]{4})|([\"'\\/]))"  # JSON's \/ and \u0041

# In a text of any kind: a name, its quotes or the rest of a JSONPath, what stands before a value
# (the word of a matcher, when it shows what it asks for), and the value. A tag stays a tag.
_NAME = f"(?:{'|'.join(map(re.escape, sorted(NAMES)))})"
_IS = r"(?:\s*+[:=~]++|\s++(?:equalTo|equalToJson|contains|matches|doesNotMatch)\b)\s*+"
_NAMED = rf"""{_NAME}(?:[\\"')\]]|\.\w++|\[[^\]]*+\])*+{_IS}"""
_QUOTED = rf"""(?is)({_NAMED}(\\?["']))(?!\[redacted:)((?:(?!\2)(?:\\.|.))+)"""
_PLAIN = rf"""(?is)({_NAMED})(?!\[redacted:|\\?["'])([\[{{].*|[^\s&;,<][^&;,<\r\n]*)"""
# of a multipart form: the head that has its name, an empty line, the value
_PART = rf"""(?is)(\bname="?{_NAME}"?[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)(.+?)(?=\r?\n--|\Z)"""
# of XML, to its end or that of the text; a prefix may stand before its name
_ELEMENT = (
    rf"""(?is)(<((?:[\w.-]+:)?{_NAME})(?:\s[^<>]*+)?(?<!/)>)(?!\[redacted:)(.+?)(?=</\2|\Z)"""
)
_LAST = rf"(?i)(?<![\w-]){_NAME}(?:\]|\.\w++|\[[^\]]*+\])*+\Z"
_TAG = r"\[redacted:[0-9a-f]{4}\]"
_MENTIONED = rf"(?i)(?<![\w-]){_NAME}(?![\w-])"


class Redactor:
    """Redacts by name, by shape (a JWT), and by value: what it was told to remember.

    `known`: secrets, as they are now.
    """

    def __init__(self, key: bytes, known: Callable[[], Iterable[str]]) -> None:
        self._key = key
        self._known = known
        self._secrets = KnownSecrets(_misread)

    def remember(self, secret: str) -> str:
        """Redact `secret` by value from now on; returns it."""
        self._secrets.add(secret)
        return secret

    def remember_known(self) -> Self:
        """Redact what is known now from now on, also when it is known no more; returns itself."""
        for secret in self._known():
            self._secrets.add(secret)
        return self

    def tag(self, value: object) -> str:
        """What is shown in place of `value`."""
        digest = hmac.digest(self._key, str(value).encode(errors="surrogatepass"), "sha256")
        return f"[redacted:{digest.hex()[:4]}]"

    def text(self, text: str) -> str:
        """A text without what is known, was issued, or looks like a JWT, however it is spelled."""
        text = self._secrets.replaced(text, self.tag)
        for sign, respelled in _SPELLINGS:
            if sign in text:
                text = self._spelled(text, respelled)
        text = re.sub(_JWT, lambda match: self.tag(match[0]), text)
        text = re.sub(_BASE64, self._decoded, text)
        return re.sub(_BASE64_PART, self._decoded, text) if "/" in text else text

    def field(self, name: str, value: str) -> str:
        """The value of a header, parameter or field; of `Authorization` the scheme stays."""
        if not _is_secret(name):
            return self.body(value)
        scheme, space, rest = value.partition(" ")
        if name.lower() == "authorization" and space and scheme.lower() in _SCHEMES:
            return f"{scheme} {self.tag(rest)}"
        return self.tag(value)

    def headers(self, pairs: Pairs) -> Pairs:
        """Header fields in their order."""
        return tuple((name, self.field(name, value)) for name, value in pairs)

    def query(self, query: str) -> str:
        """A query string; a part of it without a secret stays as it was sent."""
        found = self._secrets.replaced(query, self.tag)
        return "&".join(map(self._parameter, found.split("&")))

    def json(self, value: Any, name: str = "", *, prose: bool = False) -> Any:
        """A JSON value, at any depth; `name`: the field that it is the value of.

        `prose`: its texts are a person's own words, which may speak of a token: what stands
        behind such a word is no secret unless it is known as one, or looks like a JWT.
        """
        if isinstance(value, Mapping):
            return {
                self.text(key): self.json(item, _name_of(key, value, name), prose=prose)
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.json(item, name, prose=prose) for item in value]
        if isinstance(value, str):
            return self.text(value) if prose and not _is_secret(name) else self.field(name, value)
        if value is None or isinstance(value, bool) or not _is_secret(name):
            return value
        return self.tag(value)

    def body(self, text: str) -> str:
        """A body: JSON, a form, or any other text in which a secret may stand behind its name."""
        shown = self._json_text(text)
        if shown is not None:
            return shown
        return self._loose(self.query(text) if "=" in text or "%" in text else text)

    def error(self, error: Exception) -> RuntimeError:
        """What may be logged of an error: where it was raised, but no secret that it tells."""
        return RuntimeError(self.body(repr(error))).with_traceback(error.__traceback__)

    def _json_text(self, text: str) -> str | None:
        """A text that is JSON; None for another."""
        if not text.lstrip().startswith(("{", "[")):
            return None
        try:
            value = json.loads(text, object_pairs_hook=_once_each)
            shown = self.json(value)
        except ValueError:
            return None
        except RecursionError:  # nested too deep to be looked through
            return self.tag(text)
        return self.text(text) if shown == value else json.dumps(shown)

    def _parameter(self, part: str) -> str:
        part = self.text(part)  # as it was sent: to decode it makes a space of a plus sign
        name, equals, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        shown = (self._loose(name), self._value(name, value))
        return part if shown == (name, value) else equals.join(shown)

    def _value(self, name: str, value: str) -> str:
        if _is_secret(name):
            return value if not value or re.fullmatch(_TAG, value) else self.tag(value)
        shown = self._json_text(value)
        return self._loose(value) if shown is None else shown

    def _spelled(self, text: str, respelled: Callable[[str], str]) -> str:
        """A text as it is, or respelled and without the secrets that were found then."""
        plain = text
        for _ in range(_LAYERS):
            plain = respelled(plain)
            found = self._secrets.replaced(plain, self.tag)
            if found != plain:
                text = plain = found
        return text

    def _loose(self, text: str) -> str:
        lower = text.lower()
        if any(name in lower for name in NAMES):
            for pattern in (_QUOTED, _ELEMENT):
                text = re.sub(pattern, lambda match: match[1] + self.tag(match[3]), text)
            for pattern in (_PLAIN, _PART):
                text = re.sub(pattern, lambda match: match[1] + self.tag(match[2]), text)
        if "basic" in lower:
            text = re.sub(_BASIC, self._credentials, text)
        return self.text(text)

    def _credentials(self, match: re.Match[str]) -> str:
        pair = _from_base64(match[2]) or _from_base64(
            match[2], "latin-1"
        )  # as many clients have it
        return match[1] + self.tag(match[2]) if ":" in pair else match[0]

    def _decoded(self, match: re.Match[str]) -> str:
        """A run of base64, or a tag if what it spells has a secret in it."""
        text = _from_base64(match[0])
        return match[0] if self.body(text) == text else self.tag(match[0])


class Recording(Redactor):
    """Redacts as another does, and keeps what is `behind` each tag."""

    def __init__(self, like: Redactor) -> None:
        super().__init__(like._key, like._known)
        self._secrets = like._secrets
        self.behind: dict[str, Any] = {}

    def tag(self, value: object) -> str:
        """What is shown in place of `value`."""
        tag = super().tag(value)
        self.behind[tag] = value
        return tag


def _is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret: `password`, `user[password]`, `password[]`."""
    return name.lower() in NAMES or re.search(_LAST, name) is not None


def _misread(secret: str) -> set[str]:
    """What a secret becomes where its plus signs are taken for spaces, or its UTF-8 for Latin-1,
    or Latin-1 for UTF-8.
    """
    as_latin_1 = secret.encode(errors="replace").decode("latin-1")
    as_utf_8 = secret.encode("latin-1", errors="replace").decode(errors="replace")
    readings = {secret, as_latin_1, as_utf_8}
    return readings | {reading.replace("+", " ") for reading in readings}


def _name_of(key: str, holder: Mapping[str, Any], name: str) -> str:
    """The name by which a field is judged: that of a holder which is secret, or its own.

    A matcher with a JSONPath is asked for what the path leads to.
    """
    if _is_secret(name):
        return name
    path = holder.get("expression")
    match = re.search(_MENTIONED, path) if isinstance(path, str) and key != "expression" else None
    return match[0] if match else key


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name occurs twice: as text no value is overlooked")
    return fields


def _unescaped(text: str) -> str:
    plain = re.sub(_ESCAPED, lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # pairs: one


def _without_entities(text: str) -> str:
    from html import unescape  # noqa: PLC0415 - it knows them all, and takes its time

    return unescape(text)


def _from_base64(run: str, encoding: str = "utf-8") -> str:
    """What a run of base64 spells, in either alphabet; "" if that is no text."""
    octets = run.rstrip("=").translate(str.maketrans("-_", "+/")).encode()
    try:
        return base64.b64decode(octets + b"=" * (-len(octets) % 4)).decode(encoding)
    except ValueError:
        return ""


_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    *(("%", unquote), ("+", unquote_plus), ("\\", _unescaped), ("&", _without_entities)),
    ("\0", lambda text: text.replace("\0", "")),  # UTF-16
)
"""Ways to spell a text otherwise, by the sign that gives each away."""

_LAYERS = 3  # of one spelling around another: a URL in a URL

"""Redaction: the removal of secrets from everything that is shown.

A secret is redacted by the name of its field, by its value if it was configured or issued, and
by its shape if it is a JWT. It is replaced by `[redacted:1a2b]`: a short tag from a keyed hash,
which is equal for equal values. A reader can see whether two values differ.
"""

import base64
import hmac
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self
from urllib.parse import unquote_plus

from mockserver.model.http import Pairs
from mockserver.model.known_secrets import KnownSecrets, SecretNames
from mockserver.model.request_content import once_each

_SCHEMES = ("basic", "bearer", "digest", "dpop", "negotiate", "apikey", "token")
_LARGEST = 1 << 16  # bytes of a decompressed body that are shown

# Strings, not compiled expressions: compiling is slow, and many processes never show anything.
_JWT = r"(?a)eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*"
_BASIC = r"(?i)\b(basic\s+)([A-Za-z0-9+/]{4,}={0,2})"
_TAG = r"\[redacted:[0-9a-f]{4}\]"
_USERINFO = rf"""(://)(?!{_TAG}@)([^\s/?#"'<>]+)(?=@)"""
# A cookie's name and its value, in Cookie and at the beginning of Set-Cookie.
_COOKIE = r"(?:^|;\s*)[^=;]*=([^;]*)"
# In free text: a name, the characters that close it (quotes, brackets, the rest of a JSONPath), and
# what stands between a name and its value: a sign, or the name of a matcher. The number of closing
# characters is limited, and no part can match in two ways, so that a search takes linear time.
_NAMED = (
    r"""(?<![\w-])([\w-]++)(?:\\++|["')\]]|\.++\w++|\[[^\[\]]{0,99}\]){0,8}+"""
    r"""(?:\s*+[:=~]++|\s++(?:equalTo|equalToJson|contains|matches|doesNotMatch)\b)\s*+"""
    rf"""(?!\\*["']?{_TAG})"""  # redacted already
)
# A value is one of these: a text in quotes, which may be escaped; an object or array, up to the end
# of the text, because it is not valid JSON; all characters up to a separator.
_VALUE = r"""(?s)(\\*["'])((?:(?!\1)(?:\\.|.))++)|([\[{].*+)|([^\s&;,<"'\\][^&;,<\r\n]*+)"""


class Redactor:
    """Redacts secrets in what is shown.

    Args:
        key: The key of the tags' hash.
        known: Returns secrets that were configured or issued; called by `remember_known`.
        names: The names of fields that hold secrets; by default the usual ones.
        schemes: Schemes of `Authorization` that are shown, beside the usual ones.
    """

    def __init__(
        self,
        key: bytes,
        known: Callable[[], Iterable[str]],
        names: SecretNames | None = None,
        schemes: Iterable[str] = (),
    ) -> None:
        self._key = key
        self._known = known
        self._names = names or SecretNames()
        self._schemes = {*_SCHEMES, *map(str.lower, schemes)}
        self._secrets = KnownSecrets()

    def remember(self, secret: str) -> str:
        """Redact `secret` by value from now on, and return it."""
        self._secrets.add(secret)
        return secret

    def remember_known(self) -> Self:
        """Redact all secrets that are known now, and return this redactor."""
        for secret in self._known():
            self._secrets.add(secret)
        return self

    def tag(self, value: object) -> str:
        """Return the tag that replaces `value` in output."""
        digest = hmac.digest(self._key, str(value).encode(errors="surrogatepass"), "sha256")
        return f"[redacted:{digest.hex()[:4]}]"

    def text(self, text: str) -> str:
        """Return a string without known secrets, JWTs, Basic credentials, and userinfo of URLs."""
        text = self._secrets.replaced(text, self.tag)
        if "eyJ" in text:
            text = re.sub(_JWT, lambda match: self.tag(match[0]), text)
        if "://" in text:
            text = re.sub(_USERINFO, lambda match: match[1] + self.tag(match[2]), text)
        return re.sub(_BASIC, self._credentials, text) if "asic" in text.lower() else text

    def field(self, name: str, value: str) -> str:
        """Return the value of a header, parameter or field without secrets.

        The scheme of `Authorization` and the names of cookies are shown.
        """
        if name not in self._names:
            return self.body(value)
        lower = name.lower()
        if "cookie" in lower and "=" in value:
            return re.sub(_COOKIE, self._cookie, value, count=lower.startswith("set"))
        scheme, space, rest = value.partition(" ")
        if "authorization" in lower and space and scheme.lower() in self._schemes:
            return f"{scheme} {self.tag(rest)}"
        return self.tag(value)

    def headers(self, pairs: Pairs) -> Pairs:
        """Return header fields without secrets, in their order."""
        return tuple((name, self.field(name, value)) for name, value in pairs)

    def query(self, query: str) -> str:
        """Return a query string or form; a part of it without a secret stays as it was sent."""
        found = self._secrets.replaced(query, self.tag)
        return "&".join(map(self._parameter, found.split("&")))

    def json(self, value: Any, name: str = "", *, prose: bool = False) -> Any:
        """Return a JSON value without secrets, at any depth.

        Args:
            value: The value.
            name: The name of the field that has the value.
            prose: True if the strings in it are written by people and may contain words such as
                "token". A text after such a word is redacted only if it is a known secret or has
                the shape of a JWT.
        """
        if isinstance(value, Mapping):
            return {
                self.text(key): self.json(item, self._name_of(key, value, name), prose=prose)
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.json(item, name, prose=prose) for item in value]
        if isinstance(value, str):
            return (
                self.text(value) if prose and name not in self._names else self.field(name, value)
            )
        if value is None or isinstance(value, bool) or name not in self._names:
            return value
        return self.tag(value)

    def body(self, text: str) -> str:
        """Return a string of any kind without secrets: JSON, a form, or free text."""
        shown = self._json_text(text)
        if shown is not None:
            return shown
        return self._free_text(self.query(text) if "=" in text or "%" in text else text)

    def octets(self, body: bytes, encoding: str | None = None) -> bytes:
        """Return the bytes of a body without secrets; a compressed one is decompressed.

        Args:
            body: The bytes as they were sent.
            encoding: The content encoding, as sent. A body that cannot be decompressed is left out.
        """
        if encoding not in (None, "", "identity") or body.startswith(b"\x1f\x8b"):
            body = _decompressed(body)
        text = body.decode(errors="replace")
        shown = self.body(text)
        if shown != text:
            return shown.encode(errors="replace")
        if "\ufffd" in text or "\0" in text:  # Latin-1, UTF-16, or no text at all
            text = body.decode("latin-1").replace("\0", "")
            shown = self.body(text)
        return body if shown == text else shown.encode(errors="replace")

    def error(self, error: Exception) -> RuntimeError:
        """Return an error for the log, with the same traceback and without secrets."""
        return RuntimeError(self.body(repr(error))).with_traceback(error.__traceback__)

    def _name_of(self, key: str, holder: Mapping[str, Any], name: str) -> str:
        """Return the name by which a field is redacted: the secret name of its holder, or its own.

        For a matcher with a JSONPath, a secret name in the path counts.
        """
        if name in self._names:
            return name
        path = holder.get("expression")
        words = re.findall(r"[\w-]+", path) if isinstance(path, str) and key != "expression" else ()
        return next((word for word in words if word in self._names), key)

    def _json_text(self, text: str) -> str | None:
        """Return a string that is JSON without secrets; None for another text."""
        if not text.lstrip().startswith(("{", "[")):
            return None
        try:
            # If a name occurs twice, redaction as free text overlooks no value.
            value = json.loads(text, object_pairs_hook=once_each)
            shown = self.json(value)
        except ValueError:
            return None
        except RecursionError:  # nested too deep to be searched
            return self.tag(text)
        return self.text(text) if shown == value else json.dumps(shown)

    def _parameter(self, part: str) -> str:
        part = self.text(part)  # not decoded: that would replace plus signs by spaces
        name, equals, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        shown = (self._free_text(name), self._value(name, value))
        return part if shown == (name, value) else equals.join(shown)

    def _value(self, name: str, value: str) -> str:
        # A name that ends in a space is the beginning of a JSONPath with a comparison.
        if name in self._names and not name.endswith(" "):
            return value if not value or re.fullmatch(_TAG, value) else self.tag(value)
        shown = self._json_text(value)
        return self._free_text(value) if shown is None else shown

    def _free_text(self, text: str) -> str:
        """Redact each value that follows a secret name, then what `text` redacts."""
        parts, end, value_in = [], 0, re.compile(_VALUE)
        for named in re.finditer(_NAMED, text):
            if named.start() < end or not self._names_secret(named[0]):
                continue
            value = value_in.match(text, named.end())
            if value is not None:
                start, stop = value.span(value.lastindex or 0)
                parts += [text[end:start], self.tag(text[start:stop])]
                end = stop
        return self.text("".join([*parts, text[end:]]))

    def _names_secret(self, named: str) -> bool:
        return any(word in self._names for word in re.findall(r"[\w-]+", named))

    def _credentials(self, match: re.Match[str]) -> str:
        return match[1] + self.tag(match[2]) if _is_pair(match[2]) else match[0]

    def _cookie(self, match: re.Match[str]) -> str:
        return match[0][: match.start(1) - match.start()] + self.tag(match[1])


class RecordingRedactor(Redactor):
    """A redactor that keeps the redacted values.

    Attributes:
        behind: The value that each tag has replaced, by tag.
    """

    def __init__(self, like: Redactor) -> None:
        super().__init__(like._key, like._known, like._names, like._schemes)
        self._secrets = like._secrets
        self.behind: dict[str, Any] = {}

    def tag(self, value: object) -> str:
        """Return the tag that replaces `value` in output, and keep the value."""
        tag = super().tag(value)
        self.behind[tag] = value
        return tag


def _is_pair(run: str) -> bool:
    """Return True for base64 of `user:password`, in any character encoding."""
    try:
        return b":" in base64.b64decode(run + "=" * (-len(run) % 4))
    except ValueError:
        return False


def _decompressed(body: bytes) -> bytes:
    """Return a body without gzip or deflate; b"" if it is too large or has another encoding."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib; raw deflate
        decompressor = zlib.decompressobj(window)
        try:
            start = decompressor.decompress(body, _LARGEST)
        except zlib.error:
            continue
        return b"" if decompressor.unconsumed_tail else start
    return b""

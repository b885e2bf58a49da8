"""The parts of a request that conditions test.

Each part is read once, when it is first needed: many stubs may need the same part.
"""

import codecs
import re
import zlib
from collections.abc import Sequence
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qsl, quote

from mockserver.model.http import Request, RoutedRequest
from mockserver.model.redaction import Redactor

Values = Sequence[str | None]

UNSURE = 2 << 10
"""The number of characters at the end of a truncated body that are not shown.

They may be the first half of a secret.
"""

_SHOWN = 16 << 10  # characters of a decompressed body; the journal keeps as many bytes of others

_OCTET = "%[0-9A-Fa-f]{2}"
_LARGEST_BODY = 1 << 20  # bytes of a decompressed body: a kilobyte of gzip can hold a megabyte
_GZIP_MAGIC = b"\x1f\x8b"
_CHARSETS = re.compile(
    r"utf-(8|16|32)(-[lb]e)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]|shift_jis|euc_\w+|gb\w+|big5"
)
_FORM = "application/x-www-form-urlencoded"


class RequestValues:
    """The parts of one request."""

    def __init__(self, routed: RoutedRequest) -> None:
        self.routed = routed
        self.request = routed.request

    @cached_property
    def paths(self) -> Sequence[str]:
        """The path with and without the vendor's prefix, each decoded, encoded and as sent."""
        paths = self.request.path, self.routed.path
        sent = [url.partition("?")[0] for url in self._sent]
        return tuple(dict.fromkeys([*paths, *map(quoted, paths), *sent]))

    @cached_property
    def sent_paths(self) -> Sequence[str]:
        """The path with and without the vendor's prefix, each encoded and as sent."""
        sent = [url.partition("?")[0] for url in self._sent]
        return tuple(dict.fromkeys(sent or map(quoted, (self.request.path, self.routed.path))))

    @cached_property
    def urls(self) -> Sequence[str]:
        """Path and query, with and without the vendor's prefix, each encoded and as sent."""
        within = self.request.at(self.routed.path)
        encoded = _quoted_url(self.request), _quoted_url(within)
        return tuple(dict.fromkeys([*self._sent, *encoded]))

    @cached_property
    def _sent(self) -> Sequence[str]:
        """The request target as sent, with and without the prefix; none if it is not known."""
        target, path = self.request.target, self.routed.path
        prefix = self.request.path.removesuffix(path) if path else ""
        rest = target.removeprefix(prefix)
        targets = [target, rest if rest.startswith("/") else f"/{rest}"] if target else []
        return [*targets, *map(normal_url, targets)]

    def header(self, name: str) -> Sequence[str]:
        """Return every value of a header field, in the order sent."""
        wanted = name.lower()
        return [value for key, value in self.request.headers.pairs if key.lower() == wanted]

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The query parameters, decoded."""
        return parse_qsl(self.request.query, keep_blank_values=True)

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The parameters of an HTML form in the body; none if the content type is another."""
        media_type = (self.request.headers.get("content-type") or "").partition(";")[0]
        is_form = media_type.strip().lower() == _FORM
        return parse_qsl(self.body, keep_blank_values=True) if is_form else []

    @cached_property
    def cookies(self) -> list[tuple[str, str]]:
        """The cookies; quotes around a value are not part of it (RFC 6265, 4.1.1)."""
        pairs = (pair.partition("=") for each in self.header("cookie") for pair in each.split(";"))
        return [(name.strip(), _unquoted(value.strip())) for name, mark, value in pairs if mark]

    @cached_property
    def host(self) -> tuple[str | None, str]:
        """The host name of the Host header, None if there is none, and its port."""
        host = self.request.headers.get("host")
        usual = "443" if self.request.scheme == "https" else "80"
        if host is None:
            return None, usual
        name, mark, port = host.rpartition(":")
        return (name, port) if mark and port.isdigit() else (host, usual)

    @cached_property
    def body(self) -> str:
        """The body as text, decompressed and in the charset of its content type."""
        return body_text(self.request)


def body_text(request: Request) -> str:
    """Return a request's body as text.

    A body in gzip or deflate is decompressed, up to 1 MiB, and the charset of the content type is
    used, UTF-8 by default. Octets that cannot be decoded become U+FFFD.
    """
    return decompressed(request).decode(_charset(request), errors="replace")


def shown_body(routed: RoutedRequest, redact: Redactor) -> str:
    """Return the body of a request without secrets.

    The end of a truncated body is omitted, because it may be a part of a secret, which redaction
    would not recognize.
    """
    text, is_cut = body_text(routed.request), routed.cut_from is not None
    if decompressed(routed.request) is not routed.request.body and len(text) > _SHOWN:
        text, is_cut = text[:_SHOWN], True
    shown_text = redact.body(text)
    return shown_text[:-UNSURE] if is_cut else shown_text


def shown_octets(routed: RoutedRequest, redact: Redactor) -> bytes:
    """Return the bytes of a request's body without secrets; decompressed if it is compressed."""
    request = routed.request
    if is_compressed(request):
        return shown_body(routed, redact).encode(errors="replace")
    octets = redact.octets(request.body)
    return octets if routed.cut_from is None else octets[:-UNSURE]


def is_compressed(request: Request) -> bool:
    """Return True if a request's body is, or claims to be, compressed."""
    encoding = (request.headers.get("content-encoding") or "").strip().lower()
    return request.body.startswith(_GZIP_MAGIC) or encoding not in ("", "identity")


def decompressed(request: Request) -> bytes:
    """Return a request's body without its content encoding; unchanged if that fails."""
    body = request.body
    encoding = (request.headers.get("content-encoding") or "").strip().lower()
    # WireMock recognizes gzip by its first octets, whatever the header says.
    if body.startswith(_GZIP_MAGIC):
        return _inflated(body, zlib.MAX_WBITS | 16)
    if encoding == "deflate" and body:
        # RFC 9110, 8.4.1.2: some clients send raw deflate data without the zlib wrapper.
        is_wrapped = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        return _inflated(body, zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
    return body


def _inflated(body: bytes, wbits: int) -> bytes:
    try:
        # For a truncated body, this returns the part that is there.
        return zlib.decompressobj(wbits).decompress(body, _LARGEST_BODY)
    except zlib.error:
        return body


def _charset(request: Request) -> str:
    content_type = request.headers.get("content-type")
    if content_type is None or "charset" not in content_type.lower():
        return "utf-8"
    message = Message()
    message["content-type"] = "".join(filter(str.isprintable, content_type))
    try:
        name = codecs.lookup(message.get_content_charset() or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    if name == "utf-16" and request.body[:2] not in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE):
        return "utf-16-be"  # RFC 2781, 4.3
    # Python's codecs include some that are no charsets, such as idna.
    return name if _CHARSETS.fullmatch(name) else "utf-8"


def url_of(request: Request) -> str:
    """Return path and query as in the request line; if it is not known, encode them again."""
    return request.target or _quoted_url(request)


def quoted(path: str) -> str:
    """Return a path as it is written in a request line, except the brackets of redaction tags."""
    return quote(path, safe="/:@!$&'()*+,;=~[]")


def normal_url(url: str) -> str:
    """Return a URL with the digits of its encoded octets in upper case (RFC 3986, 6.2.2.1)."""
    return re.sub(_OCTET, lambda match: match[0].upper(), url)


def _quoted_url(request: Request) -> str:
    path = quoted(request.path)
    return f"{path}?{request.query}" if request.query else path


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value

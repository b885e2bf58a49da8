"""The head of a request: its request line, its target and its header fields."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from mockserver.model.http import Headers
from mockserver.model.memo import remember
from mockserver.server.limits import UNREADABLE_FIELDS, Limits, ProtocolError

KEEP, KEEP_SAID, CLOSE = "", "Connection: keep-alive\r\n", "Connection: close\r\n"
"""The Connection field of an answer. HTTP/1.1 keeps a connection by default; an HTTP/1.0 client
has to be sent `keep-alive`."""

# llhttp is given this request line instead of the client's: it refuses methods that it does not
# know (a vendor may answer them), and with some that it knows it goes on to read RTSP or ICE.
_ANY_LINE = b"POST / HTTP/1.1\r\n"

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~\x80-\xff]+) HTTP/1\.([01])\r\n")
# A subset of what llhttp accepts: one line, a name, a value of printable characters.
_PLAIN_FIELD = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[!-~\x80-\xff][\t -~\x80-\xff]*)?)"
)
DECIDING = ("host", "connection", "content-length", "transfer-encoding", "expect")
"""The fields that decide what a head means, but for `Head.headers`."""

_LENGTH = re.compile("[0-9]{1,18}")
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_REMEMBERED = 512  # lines
_REMEMBERED_VALUES = 32  # lines of one field; a request's id has another value in each request
_REMEMBERED_LENGTH = 1024  # bytes of a line
_HOST = re.compile(r"[!$%&'()*+\-.0-9:;=A-Z\[\]_a-z~]*")
_ABSOLUTE = re.compile(rb"(https?)://([^/?#]+)([^#]*)(?:#.*)?", re.IGNORECASE)


class RequestLine(NamedTuple):
    """A request line. `target` is as sent."""

    method: str
    target: bytes
    http_1_1: bool


class RequestTarget(NamedTuple):
    """The target of a request line.

    `path` is percent-decoded, `query` as sent. `authority` and `scheme` are set if the target was
    an absolute URL. `sent` is path and query as sent, "" if they are not ASCII or no path.
    """

    path: str
    query: str
    authority: str | None
    sent: str
    scheme: str = ""


class Head(NamedTuple):
    """A request without its body.

    `connection` is KEEP, KEEP_SAID or CLOSE. `length` is the Content-Length, 0 if there is none;
    it is ignored if `chunked`. `expects_continue`: the client sends the body after a 100.
    `scheme` is "http" or "https" for an absolute URL, else "". The target of CONNECT is host and
    port, as sent.
    """

    method: str
    path: str
    query: str
    target: str
    headers: Headers
    connection: str
    length: int
    chunked: bool
    expects_continue: bool
    scheme: str = ""

    def with_headers(self, headers: Headers) -> "Head":
        """Return a copy with other header fields. Those in `DECIDING` must have the same values."""
        # `_replace` takes more than twice the time, for each request whose head differs.
        return tuple.__new__(Head, (*self[:4], headers, *self[5:]))


class _FieldCollector:
    """The callbacks of llhttp."""

    __slots__ = ("pairs",)

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        pair = name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")
        self.pairs.append(pair)


def read_fields(block: bytes) -> list[tuple[str, str]]:
    """Return the header fields of `block`, which ends with an empty line, in order, as Latin-1.

    Raises:
        ProtocolError: 400 for folded lines, spaces in or after names, empty names, control
            characters, line ends other than CRLF, differing or doubled lengths, or a length
            along with a transfer coding (RFC 9112, 5.1, 5.2 and 6.3).
    """
    fields = _FieldCollector()
    try:
        # A new parser each time: a used one would wait for the body that the fields announce.
        HttpRequestParser(fields).feed_data(_ANY_LINE + block)
    except HttpParserUpgrade:
        # RFC 9110, 7.8: a server may ignore Upgrade. The request is answered as it is.
        pass
    except HttpParserError:
        raise ProtocolError(400, UNREADABLE_FIELDS) from None
    return fields.pairs


class _Field(NamedTuple):
    """A header field as one line, and its name in lower case."""

    pair: tuple[str, str]
    key: str


class HeadReader:
    """Reads heads. It remembers lines, because clients send most of them again and again.

    A head of remembered lines takes a fifth of the time. What a line means depends on no other one,
    but for those that say where the body ends, which llhttp judges together.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lines: dict[bytes, tuple[RequestLine, RequestTarget]] = {}
        self._fields: dict[bytes, _Field] = {}
        # How many lines of a field are remembered; bounded, because values may differ each time.
        self._values: dict[str, int] = {}
        # Names as sent: as text, and in lower case. Not those that say where the body ends.
        self._names: dict[bytes, tuple[str, str]] = {}
        # By request line and the values of `DECIDING`: heads that differ in other fields only.
        self._heads: dict[tuple[bytes | str | None, ...], Head] = {}

    def check_line(self, line: bytes) -> None:
        """Raise ProtocolError (400) unless `line` is a request line of HTTP/1.0 or 1.1."""
        if line not in self._lines:
            _request_line(line)

    def read(self, line: bytes, block: bytes) -> Head:
        """Return the head made of a request line and the header fields in `block`.

        Raises:
            ProtocolError: 400 for invalid fields or targets, 413 for a Content-Length over the
                limit, 417 for an unknown expectation.
        """
        self.check_line(line)
        headers = self._plain_fields(block)
        if headers is None:
            headers = Headers(read_fields(block))
        key = (line, *headers.several(DECIDING))
        like = self._heads.get(key)
        if like is not None:
            return like.with_headers(headers)
        request_line, target = self._lines.get(line) or self._read_line(line)
        head = _head(request_line, target, headers, self._limits)
        if head.headers is headers and sum(len(each or "") for each in key) <= _REMEMBERED_LENGTH:
            remember(self._heads, key, head, _REMEMBERED)
        return head

    def _read_line(self, raw: bytes) -> tuple[RequestLine, RequestTarget]:
        line = _request_line(raw)
        found = line, read_target(line.method, line.target)
        if len(raw) <= _REMEMBERED_LENGTH:
            remember(self._lines, raw, found, _REMEMBERED)
        return found

    def _plain_fields(self, block: bytes) -> Headers | None:
        """Return the fields; None if one of them is unusual, so that llhttp has to read them."""
        known, pairs = self._fields, []
        values: dict[str, str] = {}
        for line in block[:-4].split(b"\r\n") if len(block) > 2 else ():
            field = known.get(line) or self._field_of_known_name(line) or self._plain_field(line)
            if field is None:
                return None
            pair, key = field
            if key in values:
                if key in _FRAMING:
                    return None
                values[key] = f"{values[key]}, {pair[1]}"
            else:
                values[key] = pair[1]
            pairs.append(pair)
        return Headers(pairs, values)

    def _field_of_known_name(self, line: bytes) -> _Field | None:
        """Return the field if its name is remembered and its value is printable.

        None: the pattern or llhttp has to decide. The value of many fields, such as the id of a
        trace, differs in each request.
        """
        name, colon, value = line.partition(b":")
        names = self._names.get(name)
        text = value.strip(b" \t").decode("latin-1")
        # A printable text has no control characters. Other values, such as those with a tab, may be
        # allowed: the pattern decides.
        if not colon or names is None or not text.isprintable():
            return None
        return tuple.__new__(_Field, ((names[0], text), names[1]))

    def _plain_field(self, line: bytes) -> _Field | None:
        match = _PLAIN_FIELD.fullmatch(line)
        if match is None:
            return None
        name, value = match[1].decode("ascii"), match[2].rstrip(b" \t").decode("latin-1")
        key = name.lower()
        if key == "transfer-encoding" or (key == "content-length" and not _LENGTH.fullmatch(value)):
            return None
        field = _Field((name, value), key)
        values = self._values.get(key, 0)
        if values >= _REMEMBERED_VALUES:
            if key != "content-length":
                remember(self._names, match[1], (name, key), _REMEMBERED)
        elif len(line) <= _REMEMBERED_LENGTH:
            if len(self._fields) >= _REMEMBERED:
                self._values.clear()
            self._values[key] = values + 1
            remember(self._fields, line, field, _REMEMBERED)
        return field


def _request_line(raw: bytes) -> RequestLine:
    """Parse the request line `raw`. Raises ProtocolError (400) for other than HTTP/1.0 and 1.1."""
    match = _LINE.fullmatch(raw)
    if match is None:
        raise ProtocolError(400, "This is not an HTTP/1.1 request.")
    return RequestLine(match[1].decode("ascii"), match[2], match[3] == b"1")


def _head(line: RequestLine, target: RequestTarget, headers: Headers, limits: Limits) -> Head:
    headers = _with_host(headers, target, line.http_1_1)
    if line.method == "CONNECT":
        # RFC 9110, 9.3.6: it has no content, whatever its fields say.
        return Head(line.method, "/", "", target.sent, headers, KEEP, 0, False, False)
    chunked = _is_chunked(headers, line.http_1_1)
    length = 0 if chunked else _content_length(headers, limits)
    return Head(
        line.method,
        target.path,
        target.query,
        target.sent,
        headers,
        _connection(headers, line.http_1_1),
        length,
        chunked,
        _expects_continue(headers, line.http_1_1) and (chunked or "Content-Length" in headers),
        target.scheme,
    )


def read_target(method: str, raw: bytes) -> RequestTarget:
    """Split a path, an absolute URL or `*`, without its fragment. Raises ProtocolError (400)."""
    if raw.startswith(b"/") and method != "CONNECT":
        return _split(raw.partition(b"#")[0], None)
    if raw == b"*" and method == "OPTIONS":
        return RequestTarget("*", "", None, "*")
    if method == "CONNECT":
        return RequestTarget("/", "", None, raw.decode("latin-1"))
    match = _ABSOLUTE.fullmatch(raw)
    if match is None:
        raise ProtocolError(400, "The request target is not a path.")
    target = _split(match[3], match[2].decode("latin-1"))
    return target._replace(scheme=match[1].decode("ascii").lower())


def _split(raw: bytes, authority: str | None) -> RequestTarget:
    path, _, query = raw.partition(b"?")
    sent = raw.decode() if raw.isascii() and raw.startswith(b"/") else ""
    return RequestTarget(_decoded(path), query.decode("latin-1"), authority, sent)


def _decoded(path: bytes) -> str:
    plain = unquote_to_bytes(path) if b"%" in path else path
    text = plain.decode("utf-8", "replace")
    return text if text.startswith("/") else f"/{text}"


def _with_host(headers: Headers, target: RequestTarget, http_1_1: bool) -> Headers:
    """Return `headers` with the authority of an absolute URL as Host (RFC 9112, 3.2.2)."""
    host = headers.get("Host")
    if host is None and http_1_1:
        raise ProtocolError(400, "The request has no Host.")
    for text in (host, target.authority):
        # Two Host fields read as one value with a comma, which this pattern refuses.
        if text is not None and not _HOST.fullmatch(text):
            raise ProtocolError(400, "The request's Host is not one host.")
    if target.authority is None:
        return headers
    others = (pair for pair in headers.pairs if pair[0].lower() != "host")
    return Headers((("Host", target.authority), *others))


def _is_chunked(headers: Headers, http_1_1: bool) -> bool:
    coding = headers.get("Transfer-Encoding")
    if coding is None:
        return False
    if coding.lower() != "chunked" or not http_1_1:
        raise ProtocolError(400, "The only transfer coding is chunked, in HTTP/1.1.")
    return True


def _content_length(headers: Headers, limits: Limits) -> int:
    # llhttp has refused everything but digits, and more of them than fit into 64 bits.
    length = int(headers.get("Content-Length") or 0)
    if length > limits.body:
        raise ProtocolError(413, f"The body is over {limits.body} bytes.")
    return length


def _connection(headers: Headers, http_1_1: bool) -> str:
    text = headers.get("Connection")
    options = [] if text is None else [option.strip().lower() for option in text.split(",")]
    if "close" in options:
        return CLOSE
    if http_1_1:
        return KEEP
    return KEEP_SAID if "keep-alive" in options else CLOSE


def _expects_continue(headers: Headers, http_1_1: bool) -> bool:
    expectation = headers.get("Expect")
    if expectation is None or not http_1_1:
        return False
    if expectation.lower() != "100-continue":
        raise ProtocolError(417, "The only expectation is 100-continue.")
    return True

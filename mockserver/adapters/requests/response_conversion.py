"""From our answer to what urllib3 makes of it."""

import errno
import os
import socket
from http import HTTPStatus, client
from io import BytesIO
from typing import Any, cast

from urllib3 import HTTPHeaderDict, HTTPResponse

from mockserver.adapters.faults import LAST_WORDS
from mockserver.adapters.framing import sent_body, sent_headers
from mockserver.model.http import Fault, Response

_REASONS = {status.value: status.phrase for status in HTTPStatus}


def received(response: Response, method: str) -> HTTPResponse:
    """What is read from a connection. Raises what the standard library raises for a fault."""
    if response.fault is None:
        fields = HTTPHeaderDict(sent_headers(response))
        return _unread(response.status, fields, _Body(sent_body(response, method), fields), method)
    broken = _broken(response.fault, method)
    broken.begin()
    return _unread(broken.status, HTTPHeaderDict(broken.getheaders()), broken, method)


def _unread(status: int, fields: HTTPHeaderDict, body: Any, method: str) -> HTTPResponse:
    return HTTPResponse(
        body,
        fields,
        status,
        version=11,
        reason=_REASONS.get(status, ""),
        preload_content=False,
        decode_content=False,
        original_response=body,
        request_method=method,
    )


class _Body(BytesIO):
    """As much of the standard library's response as urllib3 and `requests` use."""

    def __init__(self, content: bytes, fields: HTTPHeaderDict) -> None:
        super().__init__(content)
        self._length = len(content)
        self.msg = fields  # where `requests` finds cookies

    def isclosed(self) -> bool:
        return self.closed or self.tell() == self._length


def _broken(fault: Fault, method: str) -> client.HTTPResponse:
    if fault is Fault.CONNECTION_RESET_BY_PEER:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    return client.HTTPResponse(cast(socket.socket, _Socket(LAST_WORDS[fault])), method=method)


class _Socket:
    """As much of a socket as a response is read from."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _: str) -> BytesIO:
        return BytesIO(self._received)

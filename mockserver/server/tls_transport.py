"""TLS between a transport and a connection, begun with bytes that were received already.

`loop.start_tls` cannot begin with such bytes, closes a connection whose client has sent all it
has to send, and waits for the client's close_notify. This transport has the same half-closed
connections, write buffers and resets as a plain one.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

CLIENT_HELLO = 0x16
"""The first byte of a TLS connection: a record of the handshake (RFC 8446, 5.1)."""


_RECORD = 16 << 10  # bytes of the largest record; a larger buffer would cost an mmap each time
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")

# OpenSSL's names of the alerts with which clients refuse a certificate.
_NOT_TRUSTED = frozenset(
    {
        "TLSV1_ALERT_UNKNOWN_CA",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV1_ALERT_ACCESS_DENIED",
    }
)

_log = logging.getLogger("mockserver")


class TlsTransport(asyncio.Transport, asyncio.Protocol):
    """The server's side of TLS: the protocol of `transport`, and the transport of `protocol`.

    Args:
        transport: Carries the records. Its protocol becomes this object.
        protocol: Receives the decrypted bytes. `connection_made` is not called again.
        context: The server's certificates.
        secured: Called once the handshake is complete.
        server_name: The host that the client asked a proxy for, for the log.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        protocol: asyncio.Protocol,
        context: ssl.SSLContext,
        secured: Callable[[], None],
        server_name: str = "",
    ) -> None:
        super().__init__()
        self._transport = transport
        self._protocol = protocol
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._secured = secured
        self._server_name = server_name
        self._handshaking = True
        self._ended = False  # the client has sent close_notify, or the end of its stream
        self._finished = False  # we have sent close_notify
        transport.set_protocol(self)

    # The protocol of the transport below

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake, or decrypt."""
        if self._transport.is_closing():
            return
        self._incoming.write(data)
        if self._handshaking and not self._shake_hands():
            return
        received = self._decrypt()
        if received:
            self._protocol.data_received(received)
        if self._ended:
            self._end()

    def eof_received(self) -> bool:
        """Pass on the end of the client's stream, also without a close_notify."""
        if self._handshaking:
            self._refused("it closed the connection during the handshake")
            return False
        if not self._ended:
            self._ended = True
            self._end()
        return not self._transport.is_closing()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._protocol.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        """Pass it on."""
        self._protocol.connection_lost(error)

    # The transport of the protocol above

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send `data`."""
        # One call encrypts at most one record.
        if len(data) <= _RECORD:
            if data:
                self._tls.write(data)
        else:
            rest = memoryview(data)
            while rest:
                rest = rest[self._tls.write(rest[:_RECORD]) :]
        self._send()

    def write_eof(self) -> None:
        """Send close_notify, and the end of the stream below; go on receiving."""
        self._notify()
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        """Return True: TLS 1.3 has half-closed connections (RFC 8446, 6.1), OpenSSL always."""
        return True

    def close(self) -> None:
        """Send close_notify and close once everything is sent."""
        self._notify()
        self._transport.close()

    def abort(self) -> None:
        """Close now, without close_notify."""
        self._transport.abort()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give further decrypted bytes to `protocol`."""
        self._protocol = cast(asyncio.Protocol, protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that receives the decrypted bytes."""
        return self._protocol

    def is_closing(self) -> bool:
        """Return True if the transport closes."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Receive no more records."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive records again."""
        self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Return the number of bytes that the client has not received yet, encrypted."""
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return the TLS object as "ssl_object", else what the transport below says."""
        return self._tls if name == "ssl_object" else self._transport.get_extra_info(name, default)

    # Inside

    def _shake_hands(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._send()
            return False
        except ssl.SSLError as error:
            self._refused(_reason(error))
            self._send()  # the alert
            self._transport.close()
            return False
        self._send()
        self._handshaking = False
        self._secured()
        return True

    def _refused(self, reason: str) -> None:
        host = self._host()
        _log.warning("TLS with a client failed%s: %s", f" for {host}" if host else "", reason)

    def _host(self) -> str:
        name = getattr(self._tls, "requested_host", None) or self._server_name
        return name if _HOST.fullmatch(name) else ""

    def _decrypt(self) -> bytes:
        parts = []
        try:
            while True:
                # A buffer as large as the largest record takes time to allocate.
                size = self._incoming.pending + self._tls.pending()
                part = self._tls.read(min(size, _RECORD) or 1)
                if not part:
                    self._ended = True
                    break
                parts.append(part)
                if not self._incoming.pending and not self._tls.pending():
                    break  # reading on would raise SSLWantReadError, which costs time
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            # The client sent an alert, or bytes that are not TLS. RFC 8446, 6.2 allows nothing
            # after an alert.
            self._transport.abort()
        if self._outgoing.pending:
            self._send()  # the answer to a key update
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _end(self) -> None:
        if not self._transport.is_closing() and not self._protocol.eof_received():
            self.close()

    def _notify(self) -> None:
        if self._handshaking or self._finished or self._transport.is_closing():
            return
        self._finished = True
        # `unwrap` raises an error because the client's close_notify has not arrived. The server
        # does not wait for it.
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self._send()

    def _send(self) -> None:
        data = self._outgoing.read()
        if data:
            self._transport.write(data)


def _reason(error: ssl.SSLError) -> str:
    if error.reason in _NOT_TRUSTED:
        return "it did not trust our certificate: see `token-mockserver ca`"
    if error.reason in ("UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "TLSV1_ALERT_PROTOCOL_VERSION"):
        return "it offers neither TLS 1.2 nor TLS 1.3"
    return f"OpenSSL reports {error.reason}"

"""What editors and type checkers see of a mock: the vendors that are built in, by name."""

from types import SimpleNamespace

from mockserver.adapters.flask import create_app as create_app
from mockserver.testing.remote_mock import RemoteMock as _RemoteMock
from mockserver.testing.token_mock import TokenMock as _TokenMock
from mockserver.testing.token_mock import mock_tokens as mock_tokens
from mockserver.testing.token_server import TokenServer as _TokenServer
from mockserver.testing.vendor_handle import VendorHandle

__all__ = ["RemoteMock", "TokenMock", "TokenServer", "__version__", "create_app", "mock_tokens"]

__version__: str

class _ConnectLogin(SimpleNamespace):
    success: bool
    accessCode: str
    userSecret: str
    connectionID: str
    userID: str
    tokenID: str

class _Dapi(VendorHandle):
    def connect(self, *, user: str | None = None, app_key: str | None = None) -> _ConnectLogin: ...

class _BuiltIn:
    @property
    def dapi(self) -> _Dapi: ...
    @property
    def datasentinel(self) -> VendorHandle: ...
    @property
    def dstor(self) -> VendorHandle: ...
    @property
    def kitegateway(self) -> VendorHandle: ...

class RemoteMock(_BuiltIn, _RemoteMock):
    def namespace(self) -> RemoteMock: ...

class TokenMock(_BuiltIn, _TokenMock): ...

class TokenServer(_BuiltIn, _TokenServer):
    def namespace(self) -> RemoteMock: ...

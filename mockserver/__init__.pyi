"""Types of the public names. Unlike the code they know the built-in vendors by name.

A vendor of another distribution is `mock.vendors["its-name"]`: its handle takes the place of a
vendor's name in every method, and any text is then an endpoint's name.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, overload

from responses import BaseResponse

from mockserver.adapters.flask import create_app as create_app
from mockserver.adapters.httpx import Transport
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings
from mockserver.model.errors import ConfigurationError as ConfigurationError
from mockserver.model.errors import ControlError as ControlError
from mockserver.model.errors import MockServerError as MockServerError
from mockserver.testing.clock_control import ClockControl
from mockserver.testing.handles import Account, Explanation, MintedToken, StubHandle, VendorHandle
from mockserver.testing.journal_control import LoggedRequest, Pattern
from mockserver.testing.verdict_control import Verdict

__all__ = [
    "ConfigurationError",
    "ControlError",
    "MockServerError",
    "RemoteMock",
    "TokenMock",
    "TokenServer",
    "__version__",
    "create_app",
    "mock_tokens",
]

__version__: str

_T = TypeVar("_T", bound=Callable[..., Any] | type)
_Moment = datetime | str | float
_Vendor = Literal["dapi", "datasentinel", "dstor", "kitegateway"]
_Endpoint = Literal[
    # dapi
    "exchange_token",
    "delink_user",
    "identity",
    "accounts",
    "cards",
    "balance",
    "transactions",
    "accounts_metadata",
    # datasentinel
    "create_token",
    "token_info",
    "health",
    "roles",
    # dstor
    "temp_token",
    "login",
    "upload_token",
    # kitegateway: create_token, balance, and
    "balances",
]
_Fault = Literal[
    "EMPTY_RESPONSE",
    "CONNECTION_RESET_BY_PEER",
    "MALFORMED_RESPONSE_CHUNK",
    "RANDOM_DATA_THEN_CLOSE",
]
_Phase = Literal["before", "after"]
_Defect = Literal[
    "expired", "not-yet-valid", "bad-signature", "wrong-algorithm", "no-signature", "malformed"
]

_Rule = Literal[
    "token-in-url",
    "secret-in-url",
    "code-as-bearer",
    "wrong-scheme",
    "two-schemes",
    "wrong-vendor",
    "plain-http",
    "redirect-leak",
    "code-twice",
    "code-late",
    "lost-reply-loop",
    "no-cache",
    "stampede",
    "leeway-too-long",
    "unit-error",
    "expired-use",
    "late-renewal",
    "no-renewal-after-401",
    "renewal-loop",
    "renewal-on-other-errors",
    "failed-renewal-fatal",
    "revoked-use",
    "retry-after-ignored",
    "retry-at-once",
    "retry-storm",
    "refused-request-repeated",
    "odd-error-body",
]

class _DapiAccount(_BuiltInAccount):
    app_key: str
    app_secret: str
    bank_logins: dict[str, str]

class _DatasentinelAccount(_BuiltInAccount):
    user: str
    password: str
    email: str
    organization: str

class _DstorAccount(_BuiltInAccount):
    api_key: str
    email: str
    password: str

class _KitegatewayAccount(_BuiltInAccount):
    api_key: str
    secret_key: str

class _BuiltInAccount:
    id: str  # of an account that was added

class _ConnectLogin:
    success: bool
    accessCode: str
    userSecret: str
    connectionID: str
    userID: str
    tokenID: str

class _DapiAccounts:
    def add(
        self, *, app_key: str = ..., app_secret: str = ..., bank_logins: Mapping[str, str] = ...
    ) -> _DapiAccount: ...
    def remove(self, account: _DapiAccount) -> None: ...

class _DatasentinelAccounts:
    def add(
        self, *, user: str = ..., password: str = ..., email: str = ..., organization: str = ...
    ) -> _DatasentinelAccount: ...
    def remove(self, account: _DatasentinelAccount) -> None: ...

class _DstorAccounts:
    def add(
        self, *, api_key: str = ..., email: str = ..., password: str = ...
    ) -> _DstorAccount: ...
    def remove(self, account: _DstorAccount) -> None: ...

class _KitegatewayAccounts:
    def add(self, *, api_key: str = ..., secret_key: str = ...) -> _KitegatewayAccount: ...
    def remove(self, account: _KitegatewayAccount) -> None: ...

class _BuiltInVendor:
    name: str
    base_url: str
    hosts: tuple[str, ...]

class _Dapi(_BuiltInVendor):
    account: _DapiAccount
    accounts: _DapiAccounts
    def connect(self, *, user: str | None = ..., app_key: str | None = ...) -> _ConnectLogin: ...

class _Datasentinel(_BuiltInVendor):
    account: _DatasentinelAccount
    accounts: _DatasentinelAccounts

class _Dstor(_BuiltInVendor):
    account: _DstorAccount
    accounts: _DstorAccounts

class _Kitegateway(_BuiltInVendor):
    account: _KitegatewayAccount
    accounts: _KitegatewayAccounts

class _Requests:
    def all(self) -> list[LoggedRequest]: ...
    def total(self) -> int: ...
    @overload
    def find(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        pattern: Pattern | None = None,
    ) -> list[LoggedRequest]: ...
    @overload
    def find(
        self, vendor: VendorHandle, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> list[LoggedRequest]: ...
    @overload
    def count(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        pattern: Pattern | None = None,
    ) -> int: ...
    @overload
    def count(
        self, vendor: VendorHandle, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> int: ...
    def unmatched(self) -> list[LoggedRequest]: ...
    @overload
    def wait(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        pattern: Pattern | None = None,
        *,
        count: int = 1,
        timeout: float = 10,
    ) -> None: ...
    @overload
    def wait(
        self,
        vendor: VendorHandle,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        count: int = 1,
        timeout: float = 10,
    ) -> None: ...
    def clear(self) -> None: ...
    @overload
    def assert_called(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        pattern: Pattern | None = None,
        *,
        times: int | None = None,
    ) -> None: ...
    @overload
    def assert_called(
        self,
        vendor: VendorHandle,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        times: int | None = None,
    ) -> None: ...
    @overload
    def assert_not_called(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        pattern: Pattern | None = None,
    ) -> None: ...
    @overload
    def assert_not_called(
        self, vendor: VendorHandle, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> None: ...
    def assert_no_unmatched(self) -> None: ...

class _Controls:
    clock: ClockControl
    requests: _Requests
    @property
    def vendors(self) -> dict[str, VendorHandle]: ...
    @property
    def dapi(self) -> _Dapi: ...
    @property
    def datasentinel(self) -> _Datasentinel: ...
    @property
    def dstor(self) -> _Dstor: ...
    @property
    def kitegateway(self) -> _Kitegateway: ...
    def reset(self) -> None: ...
    def health(self) -> dict[str, Any]: ...
    def namespaces(self) -> list[dict[str, Any]]: ...
    def drop_namespaces(self, *, idle: float | str | None = None) -> int: ...
    def tokens(self) -> list[dict[str, Any]]: ...
    def stub(self, mapping: Mapping[str, Any]) -> StubHandle: ...
    def stubs(self) -> list[StubHandle]: ...
    @overload
    def fail(
        self,
        vendor: _Vendor | None = None,
        *,
        endpoint: _Endpoint | None = None,
        status: int | None = None,
        error: int | None = None,
        fault: _Fault | None = None,
        phase: _Phase | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle: ...
    @overload
    def fail(
        self,
        vendor: VendorHandle,
        *,
        endpoint: str | None = None,
        status: int | None = None,
        error: int | None = None,
        fault: _Fault | None = None,
        phase: _Phase | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle: ...
    @overload
    def delay(
        self,
        vendor: _Vendor | None = None,
        *,
        milliseconds: float,
        endpoint: _Endpoint | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle: ...
    @overload
    def delay(
        self,
        vendor: VendorHandle,
        *,
        milliseconds: float,
        endpoint: str | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle: ...
    @overload
    def gate(
        self,
        vendor: _Vendor | None = None,
        endpoint: _Endpoint | None = None,
        *,
        callers: int,
        seconds: float = 1.0,
    ) -> StubHandle: ...
    @overload
    def gate(
        self,
        vendor: VendorHandle,
        endpoint: str | None = None,
        *,
        callers: int,
        seconds: float = 1.0,
    ) -> StubHandle: ...
    def mint(
        self,
        vendor: _Vendor | VendorHandle,
        *,
        account: Account | _BuiltInAccount | str | None = None,
        expires_in: int | None = None,
        claims: Mapping[str, Any] | None = None,
        defect: _Defect | None = None,
    ) -> MintedToken: ...
    def revoke(self, token: str) -> None: ...
    def revoke_id(self, token_id: str) -> None: ...
    def explain(self, vendor: _Vendor | VendorHandle, token: str) -> Explanation: ...
    def verdicts(self, *, one_caller: bool = False) -> list[Verdict]: ...
    def assert_verdicts(
        self, *, ignore: Mapping[_Rule, str] | None = None, one_caller: bool = False
    ) -> None: ...

class TokenMock(_Controls):
    def __init__(
        self,
        *,
        settings: Settings | None = None,
        hosts: Mapping[str, Sequence[str]] | None = None,
        passthrough: bool = True,
        seed: int | None = None,
        freeze: _Moment | None = None,
        clients: Sequence[Literal["requests", "httpx", "httpx2", "sockets"]] = ...,
        verdicts: bool = True,
    ) -> None: ...
    @property
    def url(self) -> str: ...
    @property
    def response(self) -> BaseResponse: ...
    @property
    def engine(self) -> Engine: ...
    def httpx_transport(self) -> Transport: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def renew(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def __call__(self, target: _T) -> _T: ...

class TokenServer(_Controls):
    def __init__(
        self,
        *,
        settings: Settings | None = None,
        hosts: Mapping[str, Sequence[str]] | None = None,
        seed: int | None = None,
        freeze: _Moment | None = None,
        port: int = 0,
        store: str = "memory:",
        offline: bool = False,
        upstream_proxies: Mapping[str, str] | None = None,
        verdicts: bool = True,
        ca_dir: Path | str | None = None,
    ) -> None: ...
    @property
    def url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def namespace(self, name: str | None = None) -> RemoteMock: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

class RemoteMock(_Controls):
    url: str
    def __init__(self, url: str, admin_token: str | None = None) -> None: ...
    def namespace(self, name: str | None = None) -> RemoteMock: ...
    def drop(self) -> None: ...

@overload
def mock_tokens(target: _T, /) -> _T: ...
@overload
def mock_tokens(
    *,
    settings: Settings | None = None,
    hosts: Mapping[str, Sequence[str]] | None = None,
    passthrough: bool = True,
    seed: int | None = None,
    freeze: _Moment | None = None,
    clients: Sequence[Literal["requests", "httpx", "httpx2", "sockets"]] = ...,
    verdicts: bool = True,
) -> TokenMock: ...

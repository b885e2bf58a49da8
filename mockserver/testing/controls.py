"""The one control interface: of a mock in the process, of a server, of one far away."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.model.token_registry import token_id
from mockserver.testing.clock_control import ClockControl
from mockserver.testing.journal_control import Requests
from mockserver.testing.transport import Send
from mockserver.testing.vendor_handle import VendorHandle


class MintedToken(str):
    """A token as the vendor sends it. `expires`: Unix seconds, None for never."""

    __slots__ = ("expires", "id")
    id: str
    expires: int | None

    @property
    def token(self) -> str:
        """The token itself, as a plain text."""
        return str(self)


class Explanation(NamedTuple):
    """Whether a token is good now; `reason`: "ok", or one word that says why not."""

    accepted: bool
    reason: str


class StubHandle:
    """A stub that was added. `mapping`: as it is listed."""

    def __init__(self, send: Send, mapping: Mapping[str, Any]) -> None:
        self._send = send
        self.id: str = mapping["id"]
        self.mapping = mapping

    def remove(self) -> None:
        """Take the stub away."""
        self._send("mappings.remove", id=self.id)


class Controls:
    """Clock, journal, stubs, tokens and accounts of one state; each vendor is an attribute.

    A call that is refused raises ControlError, whose text says what was wrong.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.clock = ClockControl(send)
        self.requests = Requests(send)
        self._handles: dict[str, VendorHandle] = {}

    @property
    def vendors(self) -> dict[str, VendorHandle]:
        """Every vendor, by name."""
        if not self._handles:
            described = self._send("vendors.listed")["vendors"]
            self._handles = {
                vendor["name"]: VendorHandle(self._send, vendor, self._base_url(vendor))
                for vendor in described
            }
        return self._handles

    def __getattr__(self, name: str) -> VendorHandle:
        if name.startswith("_") or name not in self.vendors:
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        return self.vendors[name]

    def reset(self) -> None:
        """Tokens, codes, accounts, journal, stubs, clock and signing keys as at the start."""
        self._send("server.reset")

    def health(self) -> dict[str, Any]:
        """`{"status": "healthy", ...}`. Raises ControlError if it is not."""
        answer: dict[str, Any] = self._send("server.health")
        return answer

    def tokens(self) -> list[dict[str, Any]]:
        """What was issued, newest first: id, vendor, kind, account, issued, expires, state."""
        found: list[dict[str, Any]] = self._send("tokens.listed")["tokens"]
        return found

    def stub(self, mapping: Mapping[str, Any]) -> StubHandle:
        """Add a stub: a WireMock mapping, with `vendor`, `endpoint`, `times`, ... on top."""
        return StubHandle(self._send, self._send("mappings.add", dict(mapping)))

    def fail(
        self,
        vendor: str | None = None,
        *,
        endpoint: str | None = None,
        status: int | None = None,
        fault: str | None = None,
        **turn: Any,
    ) -> StubHandle:
        """Let requests fail with the vendor's own error (`status`, default 500) or a `fault`.

        `turn`: `phase`, `times`, `skip`, `probability`, as a stub has them.
        """
        if fault is not None and status is not None:
            raise TypeError("give a status or a fault, not both")
        how: dict[str, Any] = {"response": {"fault": fault}} if fault else {"error": status or 500}
        return self.stub({"vendor": vendor, "endpoint": endpoint, **how, **turn})

    def delay(
        self,
        vendor: str | None = None,
        *,
        milliseconds: float,
        endpoint: str | None = None,
        **turn: Any,
    ) -> StubHandle:
        """Let the vendor's own answers come later, by real milliseconds. `turn` as in `fail`."""
        response = {"fixedDelayMilliseconds": milliseconds}
        return self.stub({"vendor": vendor, "endpoint": endpoint, "response": response, **turn})

    def mint(
        self,
        vendor: str,
        *,
        account: Any = None,
        expires_in: int | None = None,
        claims: Mapping[str, Any] | None = None,
        defect: str | None = None,
    ) -> MintedToken:
        """A token as the vendor sends it, of the built-in account or of one that was added.

        `expires_in`: seconds. `claims`: in place of the vendor's own. `defect`: expired,
        not-yet-valid, bad-signature, wrong-algorithm, no-signature or malformed.
        """
        body = {
            "vendor": vendor,
            "account": getattr(account, "id", account),
            "expires_in": expires_in,
            "claims": claims,
            "defect": defect,
        }
        answer = self._send("tokens.mint", body)
        token = MintedToken(answer["token"])
        token.id, token.expires = answer["id"], answer["expires"]
        return token

    def revoke(self, token: str) -> None:
        """Let the vendor refuse this token from now on."""
        self._send("tokens.revoke", id=token_id(token))

    def explain(self, vendor: str, token: str) -> Explanation:
        """Whether this vendor takes the token now, and if not, why."""
        answer = self._send("tokens.explain", {"vendor": vendor, "token": str(token)})
        return Explanation(answer["accepted"], answer["reason"])

    def _base_url(self, described: Mapping[str, Any]) -> str:
        """Where code under test finds a vendor through this door."""
        url: str = described["base_url"]
        return url

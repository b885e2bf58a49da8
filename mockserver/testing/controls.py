"""The control interface of every mock: in the process, of a server, and of a remote one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mockserver.model.errors import ControlError
from mockserver.testing.clock_control import ClockControl
from mockserver.testing.handles import (
    Account,
    Explanation,
    MintedToken,
    Send,
    StubHandle,
    VendorHandle,
    VendorOrName,
    id_of,
    name_of,
)
from mockserver.testing.journal_control import Requests
from mockserver.testing.verdict_control import (
    Ignored,
    Verdict,
    check_ignored,
    failure,
    verdict_of,
)


class Controls:
    """Clock, journal, stubs, tokens and accounts of one state; each vendor is an attribute.

    Every method raises ControlError if the call is refused; the text of the error says why.

    Attributes:
        clock: The virtual clock.
        requests: The journal.
    """

    def __init__(self, send: Send, freeze: datetime | str | float | None = None) -> None:
        self._send = send
        self._freeze = freeze
        self.clock = ClockControl(send)
        self.requests = Requests(send)
        self._handles: dict[str, VendorHandle] = {}
        self._begin()

    @property
    def vendors(self) -> dict[str, VendorHandle]:
        """Every vendor by its name, those of other distributions included."""
        if not self._handles:
            described = self._send("vendors.listed")["vendors"]
            self._handles = {
                vendor["name"]: VendorHandle(self._send, vendor, self._base_url(vendor))
                for vendor in described
            }
        return self._handles

    def __getattr__(self, name: str) -> VendorHandle:
        if name.startswith("_") or name not in self.vendors:
            known = "" if name.startswith("_") else f"; vendors: {', '.join(self.vendors)}"
            raise AttributeError(f"{type(self).__name__} has no {name!r}{known}")
        return self.vendors[name]

    def reset(self) -> None:
        """Restore the initial state: tokens, accounts, journal, stubs, clock, signing keys.

        A clock that was frozen from the start is frozen at that moment again.
        """
        self._send("server.reset")
        self._begin()

    def health(self) -> dict[str, Any]:
        """Return `{"status": "healthy", ...}`.

        Raises:
            ControlError: If the mock is unhealthy.
        """
        answer: dict[str, Any] = self._send("server.health")
        return answer

    def namespaces(self) -> list[dict[str, Any]]:
        """Return the namespaces but the default one, last used first, at most 100 of them.

        Each has `name`, `lastUsed` and `sizes`: `requests`, `tokens`, `stubs`, `records`.
        """
        found: list[dict[str, Any]] = self._send("namespaces.listed")["namespaces"]
        return found

    def drop_namespaces(self, *, idle: float | str | None = None) -> int:
        """Drop all namespaces but the default one, and return how many.

        Args:
            idle: Drop only those that were not used for this time: seconds, or a text such as
                "30m".
        """
        body = None if idle is None else {"idle": idle}
        dropped: int = self._send("namespaces.drop", body)["dropped"]
        return dropped

    def tokens(self) -> list[dict[str, Any]]:
        """Return the properties of the issued tokens and codes, newest first, without their text.

        Each has `id`, `vendor`, `kind`, `account`, `issued`, `expires` and `state` (active,
        expired, used or revoked).
        """
        found: list[dict[str, Any]] = self._send("tokens.listed")["tokens"]
        return found

    def stub(self, mapping: Mapping[str, Any]) -> StubHandle:
        """Add a stub.

        Args:
            mapping: A stub mapping in WireMock's words. On top of these it may have `vendor`,
                `endpoint`, `phase`, `times`, `skip`, `probability` and `error`.
        """
        if not isinstance(mapping, Mapping):
            raise ControlError(400, f"a stub mapping is a dict, not {type(mapping).__name__}")
        return StubHandle(self._send, self._send("mappings.add", dict(mapping)))

    def stubs(self) -> list[StubHandle]:
        """Return the stubs, the newest first."""
        listed = self._send("mappings.listed")["mappings"]
        return [StubHandle(self._send, mapping) for mapping in listed]

    def fail(  # noqa: PLR0913 - by name only
        self,
        vendor: VendorOrName | None = None,
        *,
        endpoint: str | None = None,
        status: int | None = None,
        error: int | None = None,
        fault: str | None = None,
        phase: str | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle:
        """Make requests fail with the vendor's own error, or break the connection.

        Args:
            vendor: The vendor's name or handle; None for all vendors.
            endpoint: The endpoint's name; None for all endpoints.
            status: The status of the vendor's own error; 500 if neither it nor a fault is given.
            error: Another name of `status`: the one that a mapping has.
            fault: EMPTY_RESPONSE, CONNECTION_RESET_BY_PEER, MALFORMED_RESPONSE_CHUNK or
                RANDOM_DATA_THEN_CLOSE.
            phase: "after" lets the vendor act before the response is lost; default "before".
            times: How often requests fail; None for always.
            skip: How many matching requests succeed first.
            probability: From 0 to 1; default 1.
        """
        if error is not None and status is not None:
            raise TypeError("error is another name of status: give one of them")
        status = error if status is None else status
        if fault is not None and status is not None:
            raise TypeError("give a status or a fault, not both")
        action = {"error": status or 500} if fault is None else {"response": {"fault": fault}}
        limits = {"phase": phase, "times": times, "skip": skip, "probability": probability}
        return self._add_stub(vendor, endpoint, action, limits)

    def delay(  # noqa: PLR0913 - by name only
        self,
        vendor: VendorOrName | None = None,
        *,
        milliseconds: float,
        endpoint: str | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
    ) -> StubHandle:
        """Delay the vendor's own responses by `milliseconds` of real time.

        The other arguments are those of `fail`.
        """
        action = {"response": {"fixedDelayMilliseconds": milliseconds}}
        limits = {"times": times, "skip": skip, "probability": probability}
        return self._add_stub(vendor, endpoint, action, limits)

    def gate(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        *,
        callers: int,
        seconds: float = 1.0,
    ) -> StubHandle:
        """Hold responses until `callers` requests wait for one, so that these requests overlap.

        The vendor acts at once; only its responses wait. The gate opens once, for all.

        Args:
            vendor: The vendor's name or handle; None for all vendors.
            endpoint: The endpoint's name; None for all endpoints.
            callers: How many requests open the gate.
            seconds: The real seconds after which it opens in any case, at most 60.
        """
        action = {"gate": {"callers": callers, "seconds": seconds}}
        return self._add_stub(vendor, endpoint, action, {})

    def mint(
        self,
        vendor: VendorOrName,
        *,
        account: Account | str | None = None,
        expires_in: int | None = None,
        claims: Mapping[str, Any] | None = None,
        defect: str | None = None,
    ) -> MintedToken:
        """Return a token as the vendor sends it.

        Args:
            vendor: The vendor's name or handle.
            account: An account, or the id of one that was added; None for the built-in one.
            expires_in: The lifetime in seconds; None for the vendor's default.
            claims: Replace the vendor's own claims of the same names.
            defect: expired, not-yet-valid, bad-signature, wrong-algorithm, no-signature or
                malformed.
        """
        name = name_of(vendor)
        if isinstance(account, Account):
            is_built_in = name in self.vendors and account == self.vendors[name].account
            account = None if is_built_in else id_of(account)
        body = {
            "vendor": name,
            "account": account,
            "expires_in": expires_in,
            "claims": claims,
            "defect": defect,
        }
        answer = self._send("tokens.mint", body)
        token = MintedToken(answer["token"])
        token.id, token.expires = answer["id"], answer["expires"]
        return token

    def revoke(self, token: str) -> None:
        """Revoke a token: the vendor refuses it from now on.

        Args:
            token: The token as the vendor sends it, including its prefix.

        Raises:
            ControlError: For a text that is not a token of this mock.
        """
        self._send("tokens.revoke_text", {"token": token})

    def revoke_id(self, token_id: str) -> None:
        """Revoke a token by the id that `tokens` lists."""
        self._send("tokens.revoke", id=token_id)

    def explain(self, vendor: VendorOrName, token: str) -> Explanation:
        """Return whether the vendor accepts a token now, and if not, why.

        Args:
            vendor: The vendor's name or handle.
            token: The token as the vendor sends it, including its prefix.
        """
        answer = self._send("tokens.explain", {"vendor": name_of(vendor), "token": str(token)})
        explanation = Explanation(answer["accepted"], answer["reason"])
        explanation.detail = answer.get("detail", "")
        return explanation

    def verdicts(self, *, one_caller: bool = False) -> list[Verdict]:
        """Return for each rule for token clients whether the requests of the journal keep it.

        Args:
            one_caller: True if one caller sent all requests, one after the other. It then knew
                every earlier response when it sent a request. By default, requests over
                different connections may come from different callers, and no request is judged by
                a response that its caller may not have known.

        Raises:
            ControlError: If nothing is recorded for verdicts.
        """
        answer = self._send("verdicts.listed", {"one_caller": one_caller})
        return [verdict_of(shown) for shown in answer["verdicts"]]

    def assert_verdicts(self, *, ignore: Ignored | None = None, one_caller: bool = False) -> None:
        """Assert that the code under test breaks no rule for token clients.

        Args:
            ignore: By id of a rule, the reason for which it may be broken.
            one_caller: As for `verdicts`.

        Raises:
            AssertionError: If a rule is broken. The text shows the requests that matter, in order,
                and what should have come instead; rules that were ignored are listed.
            ValueError: For a rule that does not exist, or without a reason.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        verdicts, ignored = self.verdicts(one_caller=one_caller), ignore or {}
        check_ignored(ignored, (verdict.id for verdict in verdicts))
        if text := failure(verdicts, ignored):
            raise AssertionError(text)

    def _begin(self) -> None:
        if self._freeze is not None:
            self.clock.freeze(self._freeze)

    def _add_stub(
        self,
        vendor: VendorOrName | None,
        endpoint: str | None,
        action: Mapping[str, Any],
        limits: Mapping[str, Any],
    ) -> StubHandle:
        given = {name: value for name, value in limits.items() if value is not None}
        return self.stub({"vendor": name_of(vendor), "endpoint": endpoint, **action, **given})

    def _base_url(self, described: Mapping[str, Any]) -> str:
        """Return the address under which code under test reaches a vendor."""
        url: str = described["base_url"]
        return url

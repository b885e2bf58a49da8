"""Checks JWTs, decoded without their key, against the `x-token` of a contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

import jwt
import pytest

from mockserver.verification.contract_tree import ContractNode, Difference, listed, shown
from mockserver.verification.schema_check import schema_differences
from mockserver.verification.statements import UNDOCUMENTED

MALFORMED = "not-a-token"
_CLOCKS = 60  # seconds by which the clocks of one vendor's machines may differ


@dataclass(frozen=True)
class DecodedToken:
    """The header and the claims of a JWT, each in the order sent."""

    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def life(self) -> int:
        """Return the seconds from issue to expiry."""
        return int(self.claims["exp"] - self.claims["iat"])


def decoded(token: str, prefix: str = "") -> DecodedToken:
    """Return the header and claims of a token after its prefix.

    Raises:
        AssertionError: If it is not a JWT: the service that issued it differs from its page.
    """
    try:
        return _parts(token, prefix)
    except jwt.DecodeError as error:
        raise AssertionError(f"the token is not a JWT: {error}") from None


def _parts(token: str, prefix: str) -> DecodedToken:
    # The method of the class is used, because PyJWT 2.9 exports no function of this name.
    bare = token.removeprefix(prefix)
    parts = jwt.PyJWT().decode_complete(bare, options={"verify_signature": False})
    return DecodedToken(parts["header"], parts["payload"])


def token_differences(
    token: str, rules: ContractNode, path: str, *, exact: bool
) -> Iterator[Difference]:
    """Yield the differences between a token and `x-token`.

    Args:
        token: The token as the vendor sends it.
        rules: The `x-token` of the contract.
        path: The JSON path of the token.
        exact: True if the token must live exactly as long as the mock's tokens.
    """
    prefix = rules.value.get("prefix", "")
    if not token.startswith(prefix):
        evidence = rules.step("prefix").evidence
        yield Difference("breaking", path, f"it begins with {prefix!r}", "another text", evidence)
    try:
        parts = _parts(token, prefix)
    except jwt.DecodeError as error:
        yield Difference("breaking", path, "it is a JWT", f"none: {error}", rules.evidence)
        return
    yield from _header_differences(parts.header, rules, f"{path} (header)")
    yield from schema_differences(parts.claims, rules.step("claims"), f"{path} (claims)")
    order = list(rules.step("claims").value["properties"])
    yield from _order_differences(parts.claims, order, rules.step("claims"), f"{path} (claims)")
    yield from _life_differences(parts, rules, f"{path} (lifetime)", exact=exact)


def check_life(came: float, says: int, *, within: int = 0) -> None:
    """Raise AssertionError for another lifetime than documented; all values are seconds."""
    if abs(came - says) <= within:
        return
    words = f"the token lives for {came:.15g} s, where {says} s are documented"
    if abs(came / 1000 - says) <= within + 1:
        words += ": 1000 times as much, so these are milliseconds"
    raise AssertionError(words)


def check_moment(came: float, now: int) -> None:
    """Raise AssertionError for a time of issue that is not now; both are Unix seconds."""
    if abs(came - now) <= _CLOCKS:
        return
    words = f"the token says that it was issued at {came:.15g}, when the answer's Date was {now}"
    if abs(came / 1000 - now) <= _CLOCKS:
        words += ": 1000 times as much, so these are milliseconds"
    raise AssertionError(words)


def make_defective(token: str) -> str:
    """Return the token with a wrong signature."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}"


def unsigned(token: str) -> str:
    """Return a token with the same claims and the algorithm `none`."""
    return jwt.encode(decoded(token).claims, "", algorithm="none")


def resigned(token: str) -> str:
    """Return a token with the same claims, signed with HS512 and a random key."""
    return jwt.encode(decoded(token).claims, token_bytes(64), algorithm="HS512")


Forgery = Callable[[str], str]
each_forgery = pytest.mark.parametrize("forge", [make_defective, unsigned, resigned])
"""Parametrizes a check with each way to forge a token."""


def _header_differences(
    header: dict[str, Any], rules: ContractNode, name: str
) -> Iterator[Difference]:
    algorithm, order = rules.step("algorithm"), rules.step("header")
    if header.get("alg") != algorithm.value:
        came = shown(header.get("alg"))
        yield Difference("breaking", f"{name}.alg", algorithm.value, came, algorithm.evidence)
    for missing in [word for word in order.value if word not in header]:
        came = listed(list(header))
        yield Difference("breaking", name, f"it has {missing}", f"only {came}", order.evidence)
    for extra in [word for word in header if word not in order.value]:
        says = "no page has this name"
        yield Difference("additive", f"{name}.{extra}", says, shown(header[extra]), UNDOCUMENTED)
    yield from _order_differences(header, order.value, order, name)


def _order_differences(
    names: dict[str, Any], order: list[str], rules: ContractNode, name: str
) -> Iterator[Difference]:
    came = [word for word in names if word in order]
    says = [word for word in order if word in names]
    if came != says:
        evidence = rules.evidence
        yield Difference("cosmetic", name, f"the order {listed(says)}", listed(came), evidence)


def _life_differences(
    token: DecodedToken, rules: ContractNode, name: str, *, exact: bool
) -> Iterator[Difference]:
    life = rules.step("lifetime") if rules.has("lifetime") else None
    if life is None or not life.has("issue") or not {"iat", "exp"} <= token.claims.keys():
        return
    shortest, longest = [life.value["issue"]] * 2 if exact else life.value["accept"]
    if not shortest <= token.life <= longest:
        says = f"{shortest} to {longest} s" if shortest < longest else f"{longest} s"
        yield Difference("breaking", name, says, f"{token.life} s", life.evidence)

"""The tokens that the libraries get: as each vendor issues them, and with one thing changed."""

import base64
import time
from collections.abc import Iterator
from typing import Any, Literal, get_args

import jwt

from token_mockserver import TokenMock

Vendor = Literal["dstor", "datasentinel", "dapi", "kitegateway"]
# Its token has the claims that most issuers use, and no prefix: only the defect is unusual.
_CHANGED: Vendor = "datasentinel"
_AUDIENCE = "dstor.cloud"

Defect = Literal[
    "expired",
    "not-yet-valid",
    "bad-signature",
    "wrong-algorithm",
    "no-signature",
    "malformed",
]
Case = dict[str, str | None]


def cases() -> Iterator[tuple[str, list[Case]]]:
    """Yield keys, in base64, each with the cases that are signed with it."""
    mock = TokenMock()
    for vendor in get_args(Vendor):
        key = mock.engine.state.vendor_states[vendor].tokens._key
        made = [_case(vendor, mock.mint(vendor))]
        if vendor == "dstor":
            made.append(_case("dstor, audience given", mock.mint(vendor), _AUDIENCE))
        if vendor == "kitegateway":
            made.append(_case("kitegateway, prefix removed", mock.mint(vendor).split()[1]))
        if vendor == _CHANGED:
            made += [_case(each, mock.mint(vendor, defect=each)) for each in get_args(Defect)]
            made += _changed(mock)
        yield base64.b64encode(key).decode(), made


def _changed(mock: TokenMock) -> Iterator[Case]:
    now = int(time.time())
    claims: dict[str, dict[str, Any]] = {
        "expired 30 s ago": {"iat": now - 100, "exp": now - 30},
        "expired 2 minutes ago": {"iat": now - 1000, "exp": now - 120},
        "iat 10 minutes ahead": {"iat": now + 600, "exp": now + 4000},
        "exp with a fraction": {"exp": now + 3600.5},
        "exp as text": {"exp": str(now + 3600)},
    }
    tokens = mock.engine.state.vendor_states[_CHANGED].tokens
    issued = jwt.decode(mock.mint(_CHANGED), options={"verify_signature": False})
    for name, changes in claims.items():
        yield _case(name, tokens.issue({**issued, **changes}))
    yield _case("with a line feed at the end", mock.mint(_CHANGED) + "\n")


def _case(name: str, token: str, audience: str | None = None) -> Case:
    return {"name": name, "token": token, "audience": audience}

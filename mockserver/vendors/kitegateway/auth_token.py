"""The access token, bought with `api_key` and `Secret-Key`."""

import re
from hashlib import sha256
from secrets import token_hex
from typing import Any

from mockserver.model.accounts import Account
from mockserver.model.body import form, json_object, media_type
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal
from mockserver.model.http import Request, Response
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call
from mockserver.vendors.kitegateway.envelope import success
from mockserver.vendors.kitegateway.settings import Settings

DEFAULT_LIFE = 900  # seconds (S)
LONGEST_LIFE = 10**9  # seconds (X)
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def create_token(call: Call[Settings]) -> Response:
    """Answer `POST`: `api_key` in the body and the `Secret-Key` header buy a token (S)."""
    if call.state.settings.headers == "strict":
        _check_headers(call.request)
    fields = _fields(call.request)
    api_key, life = _api_key(fields), _life(fields)
    credentials = {"api_key": api_key, "Secret-Key": call.request.headers.get("secret-key")}
    account = call.state.accounts.find(credentials)
    if account is None:
        why = call.state.accounts.mismatch(credentials)
        raise Refusal("Invalid api_key or Secret-Key.", status=401, why=why)
    new = claims(account, call.state.settings, call.now, life)
    token = call.state.issue(account, new, call.now, movable=())
    return success("Token generated", {"token": token, "expires": new["exp"]})


def claims(account: Account, _settings: Settings, now: Moment, life: int | None) -> Claims:
    """Return the claims. Only `role` was ever seen, in traces; the rest is our choice (X).

    `jti` makes two tokens of one second different.
    """
    expires = now.unix + (life or DEFAULT_LIFE)
    return {
        "role": "merchant",
        "merchant": _merchant(account),
        "iat": now.unix,
        "exp": expires,
        "jti": token_hex(8),
    }


def _merchant(account: Account) -> str:
    """Return the merchant's number: made from the key, so that it never changes (X)."""
    return sha256(account["api_key"].encode()).hexdigest()[:16]


def _check_headers(request: Request) -> None:
    if media_type(request) != _JSON:
        raise Refusal("The header Content-Type must be application/json.")
    if _JSON not in (request.headers.get("accept") or "").lower():
        raise Refusal("The header Accept must be application/json.")
    if "secret-key" not in request.headers:
        raise Refusal("The header Secret-Key is required.")


def _fields(request: Request) -> dict[str, Any]:
    """Return the body's fields: JSON (S), or the form that the vendor's own plugin posts (P)."""
    if not _is_form(request):
        return json_object(request)
    fields: dict[str, Any] = dict(form(request))
    if re.fullmatch(r"[0-9]{1,10}", fields.get("expires_in", ""), re.ASCII):
        fields["expires_in"] = int(fields["expires_in"])
    return fields


def _is_form(request: Request) -> bool:
    """Return True for a form, by content type, or without one by the first character."""
    sent = media_type(request)
    if sent:
        return sent == _FORM
    return not request.body.lstrip().startswith((b"{", b"["))


def _api_key(fields: dict[str, Any]) -> str:
    api_key = fields.get("api_key")
    if not isinstance(api_key, str):
        raise Refusal("The field api_key is required and must be a string.")
    return api_key


def _life(fields: dict[str, Any]) -> int | None:
    life = fields.get("expires_in")
    if life is None:
        return None
    if isinstance(life, bool) or not isinstance(life, int) or not 0 < life <= LONGEST_LIFE:
        raise Refusal(f"The field expires_in must be an integer, 1 to {LONGEST_LIFE}.")
    return life

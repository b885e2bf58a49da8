"""Kitegateway's settings, accounts, responses and endpoints: the access token and its use."""

import re
from hashlib import sha256
from http import HTTPStatus
from secrets import token_hex, token_urlsafe
from typing import Any, Literal, NamedTuple

from mockserver.model.accounts import Account
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Request, Response, is_field_value, json_response
from mockserver.model.request_content import form, json_object, media_type
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call


class Settings(NamedTuple):
    """The settings and their defaults.

    `headers` determines whether a token request must have the headers that the page calls
    required. `lenient` accepts the requests of the vendor's own plugin; `strict` returns 400 if a
    header is missing.
    """

    # In quotes, because mypyc keeps no other annotation of this kind.
    headers: "Literal['lenient', 'strict']" = "lenient"


# Both values are printed in the page; a merchant is valid on both hosts (X).
BUILT_IN: Account = {"api_key": "2882jj2hh288282jj2", "Secret-Key": "YOUR_SECRET"}
LOGINS = (("api_key", "Secret-Key"),)


def new_account() -> Account:
    """Return the key and secret of a new merchant."""
    return {"api_key": token_hex(9), "Secret-Key": token_urlsafe(24)}


def check_account(account: Account) -> None:
    """Refuse a secret that the header cannot carry."""
    if not is_field_value(account["Secret-Key"]):
        raise Refusal("credentials.Secret-Key must be a string that a header can contain")


def magic_account(outcome: str) -> Account:
    """Return the magic merchant for an outcome."""
    return {"api_key": f"magic-{outcome}", "Secret-Key": "magic"}


def success(message: str, data: Any) -> Response:
    """Return 200 with `{"code", "status", "message", "data"}`; `code` is a number (S)."""
    return json_response(200, {"code": 200, "status": "success", "message": message, "data": data})


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return the fields of every answer, with a slug as `code` (P). A wrong method is 400 (P)."""
    status, message = refusal.status, refusal.message
    if isinstance(refusal, WrongMethod):
        status = 400
    if isinstance(refusal, UnknownPath):
        message = "Resource doesn't exist."
    slug = HTTPStatus(status).phrase.lower().replace(" ", "_")  # the slugs' words: X
    return json_response(status, {"code": slug, "status": "error", "message": message, "data": {}})


DEFAULT_LIFE = 900  # seconds (S)
LONGEST_LIFE = 10**9  # seconds (X)
_DAY = 86_400  # seconds
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def create_token(call: Call[Settings]) -> Response:
    """Answer `POST`: `api_key` in the body and the `Secret-Key` header obtain a token (S)."""
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
    """Return the claims. Only `role` is known, from traces; the others are our choice (X).

    `jti` makes tokens that are issued in the same second differ.
    """
    expires = now.unix + (life or DEFAULT_LIFE)
    return {
        "role": "merchant",
        "merchant": _merchant(account),
        "iat": now.unix,
        "exp": expires,
        "jti": token_hex(8),
    }


def credential(request: Request) -> str | None:
    """Return the key and the secret that a request for a token sends; None without them."""
    try:
        return f"{_api_key(_fields(request))} {request.headers.get('secret-key')}"
    except Refusal:
        return None


def wrong_unit(request: Request) -> str | None:
    """Return what is wrong with `expires_in`, a number of seconds (S).

    Returns "" if nothing is, and None if it was not sent.
    """
    try:
        life = _fields(request).get("expires_in")
    except Refusal:
        return None
    if life is None:
        return None
    if isinstance(life, bool) or not isinstance(life, int):
        return f"expires_in is a {type(life).__name__} and not a whole number of seconds"
    if life > LONGEST_LIFE:
        return "expires_in is a moment or in milliseconds, and not a number of seconds"
    # Whole days may be intended; other multiples of 1000 are seconds in milliseconds.
    if life > _DAY and life % 1000 == 0 and life % _DAY:
        return f"expires_in is {life // 1000} s in milliseconds"
    return ""


def _merchant(account: Account) -> str:
    """Return the merchant's number: a digest of the key, so that it never changes (X)."""
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
    """Return True for a form: by the content type, or if none was sent, by the first character."""
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


# Fields: P; values: made up (X).
_BALANCES = {"GHS": 2500.5, "NGN": 150000, "USD": 1200.25}
_COMPLETED = "Request completed successfully."


def balances(call: Call[Settings]) -> Response:
    """Answer `GET` with `Authorization: JWT <jwt>` (S): the balance in each currency."""
    _authorize(call)
    return success(_COMPLETED, [_wallet(currency) for currency in _BALANCES])


def balance(call: Call[Settings]) -> Response:
    """Answer `GET` with the balance in one currency; 404 if the merchant has no such wallet (X)."""
    _authorize(call)
    currency = call.parameters["currency"]
    if currency not in _BALANCES:
        raise Refusal("There is no wallet in this currency.", status=404)
    return success(_COMPLETED, _wallet(currency))


def _wallet(currency: str) -> dict[str, str | float]:
    return {"currency": currency, "balance": _BALANCES[currency]}


def _authorize(call: Call[Settings]) -> None:
    header = call.request.headers.get("authorization")
    if header is None:
        raise Refusal("The header Authorization is required.", status=401)
    call.state.tokens.verify(header, call.now.unix)

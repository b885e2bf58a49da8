"""The Connect pages for browsers: choose a bank, log in, and return the result to the app.

The appearance, steps and addresses of the pages are our choice (X). The sandbox's logins, the id
of its first bank and the names of the options of `Dapi.create` are the vendor's (P).
"""

import json
import re
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from mockserver.model.errors import UnknownPath
from mockserver.model.http import Response
from mockserver.model.page_folder import PageFolder
from mockserver.model.state_store import Record
from mockserver.model.vendor import Call
from mockserver.vendors.dapi.connect import connect
from mockserver.vendors.dapi.conventions import Settings

SESSION_LIFE = 300
"""The seconds, by the mock's clock, in which all steps must be completed (X)."""

ONE_TIME_PASSWORD = "123456"
"""The one-time password of the banks with a second step; the page shows it (X)."""

_MOST_SESSIONS = 1000
_ATTEMPTS = 3  # wrong passwords, after which the login has failed (X)
_LOOPBACK = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
_ORIGIN = r"https?://[A-Za-z0-9.\-\[\]:]{1,200}"
_FILES = PageFolder(Path(__file__).with_name("connect_page"))


class Bank(NamedTuple):
    """A bank of the sandbox; if `has_second_step` is True, it requires a one-time password."""

    id: str
    name: str
    country: str
    has_second_step: bool = False


BANKS = (
    Bank("DAPIBANK_AE_ADCB", "Sandbox ADCB", "AE"),
    Bank("DAPIBANK_AE_ENBD", "Sandbox ENBD", "AE", has_second_step=True),
    Bank("DAPIBANK_AE_LIV", "Sandbox LIV", "AE"),
    Bank("DAPIBANK_EG_CIB", "Sandbox CIB", "EG", has_second_step=True),
)
"""The first id is the vendor's (P); the others have the same form (X)."""


def connect_page(call: Call[Settings]) -> Response:
    """Begin a session and show the banks."""
    asked = {name: call.request.query_value(name) or "" for name in _PARAMETERS}
    apps = call.state.accounts
    app = apps.find({"appKey": asked["appKey"]}) if asked["appKey"] else apps.find({})
    if app is None:
        return _page("error", {"text": "appKey: there is no app with this key."}, status=400)
    if asked["origin"] and not re.fullmatch(_ORIGIN, asked["origin"]):
        return _page("error", {"text": "origin must be the origin of a page."}, status=400)
    if asked["redirect"] and not _is_allowed(asked["redirect"], call.state.settings):
        text = (
            "This address may not be redirected to. Allowed are loopback addresses, and those in "
            "connect_redirects of the settings file."
        )
        return _page("error", {"text": text}, status=400)
    session = {**asked, "appKey": app["appKey"], "until": call.now.unix + SESSION_LIFE, "wrong": 0}
    return _banks(_kept(call, token_urlsafe(18), session), session)


def connect_step(call: Call[Settings]) -> Response:
    """Take the next step of a session."""
    form = parse_qs(call.request.body.decode("utf-8", "replace"), keep_blank_values=True)
    fields = {name: values[-1] for name, values in form.items()}
    key = fields.get("session", "")
    session = call.state.collection("connect sessions").get(key)
    if session is None:
        text = "This login is over. Begin again in the app."
        return _page("error", {"text": text}, status=400)
    if session["until"] <= call.now.unix:
        late = _failure("TIMEOUT", "The login took too long.")
        return _ended(call, key, session, "failure", late)
    step = _STEPS.get(fields.get("step", ""))
    return _banks(key, session) if step is None else step(call, key, session, fields)


def connect_file(call: Call[Settings]) -> Response:
    """Return `sdk.js` for apps, or a file of the page."""
    found = _FILES.file(call.parameters["file"])
    if found is None:
        raise UnknownPath(call.request.path)
    return found


def _canceled(call: Call[Settings], key: str, session: Record, _: dict[str, str]) -> Response:
    return _ended(call, key, session, "exit", {})


def _chosen(call: Call[Settings], key: str, session: Record, fields: dict[str, str]) -> Response:
    bank = _bank(fields.get("bank", ""))
    if bank is None:
        return _banks(key, session, "Choose one of these banks.")
    chosen = {**session, "bank": bank.id}
    return _login(_kept(call, key, chosen), chosen)


def _logged_in(call: Call[Settings], key: str, session: Record, fields: dict[str, str]) -> Response:
    bank = _bank(session.get("bank", ""))
    if bank is None:
        return _banks(key, session, "Choose a bank first.")
    app = call.state.accounts.find({"appKey": session["appKey"]})
    user = fields.get("user", "")
    known = {} if app is None else app["bankLogins"]
    if user not in known or known[user] != fields.get("password"):
        # The type of a bank's error, which Connect passes on (P).
        return _wrong(call, key, session, "INVALID_CREDENTIALS", "User name or password is wrong.")
    proven = {**session, "user": user, "wrong": 0}
    if bank.has_second_step:
        return _one_time_password(_kept(call, key, proven), proven)
    return _succeeded(call, key, proven)


def _confirmed(call: Call[Settings], key: str, session: Record, fields: dict[str, str]) -> Response:
    if not session.get("user"):
        return _login(key, session) if session.get("bank") else _banks(key, session)
    if fields.get("code", "").strip() != ONE_TIME_PASSWORD:
        return _wrong(call, key, session, "INVALID_OTP", "This one-time password is wrong.")
    return _succeeded(call, key, session)


def _wrong(call: Call[Settings], key: str, session: Record, kind: str, text: str) -> Response:
    counted = {**session, "wrong": session["wrong"] + 1}
    if counted["wrong"] >= _ATTEMPTS:
        return _ended(call, key, session, "failure", _failure(kind, text))
    _kept(call, key, counted)
    show = _one_time_password if session.get("user") else _login
    return show(key, counted, text)


def _succeeded(call: Call[Settings], key: str, session: Record) -> Response:
    arguments = {"user": session["user"], "app_key": session["appKey"]}
    login = connect(call.state, arguments, call.now)
    return _ended(call, key, session, "success", dict(login))


def _ended(
    call: Call[Settings], key: str, session: Record, event: str, data: dict[str, Any]
) -> Response:
    """End the session, and return the page that gives its result to the app.

    The page sends a message, redirects, or shows the result as text.
    """
    call.state.collection("connect sessions").take(key)
    message = {"source": "dapi-connect", "event": event, "data": data}
    redirect = session["redirect"]
    if redirect:
        result = data or {"success": False, "type": event.upper()}
        state = {"state": session["state"]} if session["state"] else {}
        texts = {
            name: json.dumps(value) if isinstance(value, bool) else value
            for name, value in {**result, **state}.items()
        }
        redirect = f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(texts)}"
    values = {
        "event": event,
        "message": json.dumps(message),
        "text": json.dumps(data, indent=2) if data else "",
        "redirect": redirect,
        "why": data.get("msg", ""),
    }
    return _page("ended", values, session)


def _banks(key: str, session: Record, error: str = "") -> Response:
    countries = [each for each in session["countries"].upper().split(",") if each]
    banks = [bank for bank in BANKS if not countries or bank.country in countries]
    return _page("banks", {"banks": banks, "session_id": key, "error": error}, session)


def _login(key: str, session: Record, error: str = "") -> Response:
    values = {"bank": _bank(session["bank"]), "session_id": key, "error": error}
    return _page("login", values, session)


def _one_time_password(key: str, session: Record, error: str = "") -> Response:
    values = {
        "bank": _bank(session["bank"]),
        "session_id": key,
        "error": error,
        "one_time_password": ONE_TIME_PASSWORD,
    }
    return _page("one_time_password", values, session)


def _page(
    template: str, values: dict[str, Any], session: Record | None = None, status: int = 200
) -> Response:
    origin = session["origin"] if session else ""
    known = {"origin": origin, **values}
    return _FILES.page(f"{template}.html", known, status=status, framed_by=origin or "'none'")


def _kept(call: Call[Settings], key: str, session: Record) -> str:
    sessions = call.state.collection("connect sessions")
    sessions.put(key, session, most=_MOST_SESSIONS, now=call.now.unix)
    return key


def _bank(bank_id: str) -> Bank | None:
    return next((bank for bank in BANKS if bank.id == bank_id), None)


def _failure(kind: str, text: str) -> dict[str, Any]:
    return {"success": False, "status": "failed", "type": kind, "msg": text}


def _is_allowed(redirect: str, settings: Settings) -> bool:
    """Return True for a loopback address, or an address in the settings, with any query."""
    try:
        parts = urlsplit(redirect)
    except ValueError:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    if parts.fragment or not redirect.isprintable() or "\\" in redirect:
        return False
    is_loopback = bool(re.fullmatch(_LOOPBACK, origin))
    return is_loopback or f"{origin}{parts.path}" in settings.connect_redirects


_PARAMETERS = ("appKey", "origin", "redirect", "state", "countries")
_STEPS = {
    "cancel": _canceled,
    "bank": _chosen,
    "login": _logged_in,
    "one-time password": _confirmed,
}

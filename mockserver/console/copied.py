"""Texts to copy from a row of the journal: a curl command, and an assertion for pytest."""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_TAG = re.compile(r"\[redacted:[^\]]*\]")
_LEFT_OUT = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "user-agent", "expect"}
)


def as_curl(request: Mapping[str, Any], account: Mapping[str, Any], root: str) -> str:
    """Return a curl command that sends a request again, with the built-in credentials.

    Args:
        request: The request as the journal shows it, without secrets.
        account: The vendor's built-in credentials; empty where no vendor is meant.
        root: The address of this server, which replaces the request's own host.
    """
    known = {_plain(name): value for name, value in account.items() if isinstance(value, str)}
    parts = ["curl -sS"]
    if request["method"] != "GET":
        parts.append(f"-X {shlex.quote(request['method'])}")
    for name, value in request["headers"].items():
        if name.lower() not in _LEFT_OUT:
            parts.append(_header(name, value, known))
    if request["body"]:
        parts.append(f"--data-raw {_quoted(_body(request['body'], known))}")
    parts.append(_quoted(root + _filled_query(request["url"], known)))
    return " ".join(parts)


def as_assertion(request: Mapping[str, Any]) -> str:
    """Return a line for a test with the fixture `token_mock` that holds for a request."""
    if request["endpoint"]:
        where = f'"{request["vendor"]}", "{request["endpoint"]}"'
        return f"token_mock.requests.assert_called({where})"
    pattern = {"method": request["method"], "url": request["url"]}
    return f"token_mock.requests.assert_called(pattern={json.dumps(pattern)})"


def _header(name: str, value: str, known: Mapping[str, str]) -> str:
    if name.lower() == "authorization" and value.lower().startswith("basic "):
        password = known.get("password")
        user = known.get("user") or known.get("email")
        if user and password:
            return f"-u {_quoted(f'{user}:{password}')}"
    return f"-H {_quoted(f'{name}: {_filled(name, value, known)}')}"


def _filled(name: str, value: str, known: Mapping[str, str]) -> str:
    """Return the built-in credential of this name; in another value, $TOKEN for each secret."""
    return known.get(_plain(name)) or _TAG.sub("$TOKEN", value)


def _body(body: str, known: Mapping[str, str]) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _filled_query(body, known) if "=" in body else _TAG.sub("$TOKEN", body)
    return json.dumps(_json(value, known))


def _json(value: Any, known: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _json(each, known, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each, known) for each in value]
    return _filled(name, value, known) if isinstance(value, str) else value


def _filled_query(url: str, known: Mapping[str, str]) -> str:
    path, mark, query = url.rpartition("?")
    pairs = [part.partition("=") for part in query.split("&")]
    filled = "&".join(
        f"{name}{equals}{quote(known[_plain(name)], safe='')}"
        if _plain(name) in known
        else f"{name}{equals}{value}"
        for name, equals, value in pairs
    )
    return _TAG.sub("$TOKEN", f"{path}{mark}{filled}")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _quoted(text: str) -> str:
    """Return a string for a POSIX shell, which puts the value of $TOKEN into it."""
    return (
        '"$TOKEN"'.join(shlex.quote(part) if part else "" for part in text.split("$TOKEN")) or "''"
    )

"""The requests of a server in another process, one by one as they come."""

import json
import time
from collections.abc import Iterator
from typing import Any

import urllib3

from mockserver.admin.admin_auth import PREFIX, check_token
from mockserver.admin.events import EVENTS_PATH
from mockserver.model.errors import ControlError
from mockserver.model.http import without_userinfo

_PATIENCE = 60.0  # real seconds without a byte: the server sends a comment more often
_PAUSE = 1.0  # real seconds before a lost connection is made again


def follow(url: str, admin_token: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the journal's entry of each request from now on.

    A lost connection is made again, and goes on after the last entry.

    Raises:
        ControlError: The server cannot be reached at first, or refuses.
    """
    check_token(admin_token)
    headers = {"Accept": "text/event-stream"}
    if admin_token is not None:
        headers["Authorization"] = f"Bearer {admin_token}"
    pool = urllib3.PoolManager(retries=False)
    is_first = True
    while True:
        try:
            answer = pool.request(
                "GET",
                f"{url.rstrip('/')}{PREFIX}{EVENTS_PATH}",
                headers=headers,
                timeout=urllib3.Timeout(connect=10, read=_PATIENCE),
                preload_content=False,
                redirect=False,
            )
            _check(answer, url)
            is_first = False
            for event_id, data in _events(answer):
                headers["Last-Event-ID"] = event_id
                yield json.loads(data)
        except urllib3.exceptions.HTTPError as error:
            if is_first:
                shown = without_userinfo(url)
                raise ControlError(0, f"{shown} cannot be reached: {error}") from error
        time.sleep(_PAUSE)


def _check(answer: "urllib3.BaseHTTPResponse", url: str) -> None:
    kind = answer.headers.get("Content-Type", "")
    if answer.status == 200 and kind.startswith("text/event-stream"):
        return
    if answer.status == 401:
        raise ControlError(401, "Send the admin token as the bearer in Authorization.")
    shown = without_userinfo(url)
    raise ControlError(answer.status, f"{shown} sends no events: status {answer.status}")


def _events(answer: "urllib3.BaseHTTPResponse") -> Iterator[tuple[str, str]]:
    """Yield id and data of the events that have an id: the others bring no request."""
    fields: dict[str, str] = {}
    # By lines: `read1`, which returns what has come, is new in urllib3 2.
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if value:
            fields[name] = value
        elif not name:  # an empty line ends an event
            if "id" in fields:
                yield fields["id"], fields.get("data", "{}")
            fields = {}

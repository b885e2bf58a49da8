"""A Datasentinel that does one thing otherwise is found, and what it does is named."""

import json
from base64 import b64encode

import pytest

from mockserver.model.http import Response
from tests.verification.changes import (
    Change,
    claims,
    content_type,
    error,
    head,
    header_sent,
    nested,
    renamed,
    status,
    success,
    token,
    whole,
    with_,
    without,
)
from tests.verification.verifying import check_named

LOGIN = f"Basic {b64encode(b'myUser:myPassword').decode()}"
PATH = "/ds-api/user-token"
ROLES = "/ds-api/roles"


def spelled(edit: object) -> Change:
    return created(claims(edit))  # type: ignore[arg-type]


def created(edit: object) -> Change:
    """Applies to the answer of a creation; information about a token has no such field."""
    change = token(PATH, "user-token", edit=edit)  # type: ignore[arg-type]
    return Change(
        change.ask,
        lambda asked, came: change.answer(asked, came) if b'"user-token"' in came.body else came,
    )


def on_creation(edit: object) -> Change:
    return Change(
        answer=lambda asked, came: (
            came._replace(body=json.dumps(edit(json.loads(came.body))).encode())  # type: ignore[operator]
            if came.status == 201
            else came
        )
    )


def on_info(edit: object) -> Change:
    return Change(
        answer=lambda asked, came: (
            came._replace(body=json.dumps(edit(json.loads(came.body))).encode())  # type: ignore[operator]
            if asked.method == "GET" and "user-token" in asked.path and came.status == 200
            else came
        )
    )


def plain(came: Response) -> Response:
    return came._replace(body=b'"wrong login"')


CHANGES = {
    "renamed": (on_creation(renamed("user-token", "user_token")), "it has user-token"),
    "nested": (on_creation(nested), "it has user-token"),
    "created with 200": (
        whole(PATH, lambda came: status(200)(came) if came.status == 201 else came),
        "it is 201",
    ),
    "html": (whole(PATH, content_type("text/plain")), "Content-Type"),
    "algorithm": (created(head(with_(alg="RS256"))), "HS256"),
    "type of token": (created(head(with_(typ="at+jwt"))), "typ JWT"),
    "an hour": (spelled(lambda said: {**said, "exp": said["iat"] + 3600}), "3600 s"),
    "two days": (spelled(lambda said: {**said, "exp": said["iat"] + 172800}), "172800 s"),
    "milliseconds": (
        spelled(lambda said: {**said, "exp": said["exp"] * 1000, "iat": said["iat"] * 1000}),
        "milliseconds",
    ),
    "local time": (
        spelled(lambda said: {**said, "iat": said["iat"] + 3600, "exp": said["exp"] + 3600}),
        "issued at",
    ),
    "lost claim": (spelled(without("database")), "it has database"),
    "number for text": (spelled(with_(email=7)), "of type string"),
    "order of claims": (spelled(lambda said: dict(reversed(said.items()))), "order"),
    "prefix": (created(lambda text: f"Bearer {text}"), "looks like"),
    "info renamed": (on_info(renamed("expire_time", "expires_at")), "it has expire_time"),
    "info in ISO": (
        on_info(lambda said: {**said, "expire_time": said["expire_time"].replace(" ", "T")}),
        "expire_time",
    ),
    "info in local time": (on_info(with_(expire_time="2020-01-01 00:00:00")), "expire_time"),
    "info of somebody else": (on_info(with_(user="somebody")), "claims"),
    "any login": (header_sent(PATH, "Authorization", LOGIN), "answered 201"),
    "error with 200": (error(PATH, status(200)), "401"),
    "error as text": (error(PATH, plain), "of type object"),
    "403 for 401": (error(PATH, status(403)), "403"),
    "any token": (error(ROLES, status(200)), "answered 200"),
    "health renamed": (
        success(
            "/ds-api/", lambda said: renamed("status", "state")(said) if "message" in said else said
        ),
        "it has status",
    ),
}


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES)
def test_it_is_found_and_named(change: Change, word: str) -> None:
    check_named(change, "datasentinel", word)

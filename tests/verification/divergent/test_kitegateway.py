"""A Kitegateway that does one thing otherwise is found, and what it does is named."""

import pytest

from mockserver.model.http import Response
from tests.verification.changes import (
    Change,
    below,
    body_sent,
    content_type,
    error,
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

PATH = "/v1/auth/token"
BALANCES = "/v1/data/wallets/balances"


def data(edit: object) -> Change:
    return success(PATH, below("data", edit))  # type: ignore[arg-type]


def shifted(by: int) -> Change:
    return data(lambda said: {**said, "expires": said["expires"] + by})


def bare(came: Response) -> Response:
    return came._replace(body=b'{"error": "no"}')


CHANGES = {
    "renamed": (data(renamed("token", "access_token")), "it has token"),
    "flattened": (
        success(PATH, lambda said: {**without("data")(said), **said["data"]}),
        "it has data",
    ),
    "nested": (success(PATH, nested), "it has code, status, message, data"),
    "201": (whole(PATH, status(201)), "it is 200"),
    "text": (whole(PATH, content_type("text/plain")), "Content-Type"),
    "code as text": (success(PATH, with_(code="200")), "of type integer"),
    "other message": (success(PATH, with_(message="Token created")), "Token generated"),
    "other status": (success(PATH, with_(status="ok")), '"success"'),
    "expires as text": (
        data(lambda said: {**said, "expires": str(said["expires"])}),
        "of type integer",
    ),
    "expires in milliseconds": (
        data(lambda said: {**said, "expires": said["expires"] * 1000}),
        "milliseconds",
    ),
    "expires as life": (data(with_(expires=900)), "expires"),
    "ten minutes": (shifted(-300), "600 s"),
    "an hour more": (shifted(3600), "documented"),
    "lost expires": (data(without("expires")), "it has expires"),
    "life not looked at": (body_sent(PATH, with_(expires_in=900)), "900 s, where 300 s"),
    "no prefix": (
        token(PATH, "data", "token", edit=lambda text: text.removeprefix("JWT ")),
        "begins with",
    ),
    "Bearer": (
        token(PATH, "data", "token", edit=lambda text: text.replace("JWT", "Bearer")),
        "begins with",
    ),
    "opaque": (token(PATH, "data", "token", edit=lambda _text: "JWT opaque"), "looks like"),
    "any secret": (header_sent(PATH, "Secret-Key", "YOUR_SECRET"), "answered 200"),
    "any key": (body_sent(PATH, with_(api_key="2882jj2hh288282jj2")), "answered 200"),
    "error with 200": (error(PATH, status(200)), "answered 200"),
    "403 for 401": (
        error(PATH, lambda came: status(403)(came) if came.status == 401 else came),
        "403",
    ),
    "405 for 400": (
        error(BALANCES, lambda came: status(405)(came) if came.status == 400 else came),
        "405",
    ),
    "error without envelope": (error(PATH, bare), "it has code"),
    "any token": (error(BALANCES, status(200)), "answered 200"),
    "balances renamed": (success(BALANCES, renamed("data", "wallets")), "it has data"),
}


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES)
def test_it_is_found_and_named(change: Change, word: str) -> None:
    check_named(change, "kitegateway", word)

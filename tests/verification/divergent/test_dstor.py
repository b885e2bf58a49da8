"""A dStor that does one thing otherwise is found, and what it does is named."""

import pytest

from tests.verification.changes import (
    Change,
    body_sent,
    claims,
    content_type,
    error,
    header_ignored,
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

KEY = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"
PATH = "/v1/dev/temp-token"
UPLOAD = "/v1/upload/get-token"


def spelled(edit: object) -> Change:
    return token(PATH, "access_token", edit=claims(edit))  # type: ignore[arg-type]


CHANGES = {
    "renamed": (success(PATH, renamed("access_token", "accessToken")), "access_token"),
    "nested": (success(PATH, nested), "access_token"),
    "text": (whole(PATH, content_type("text/plain")), "Content-Type"),
    "number": (success(PATH, with_(access_token=1)), "of type string"),
    "opaque": (token(PATH, "access_token", edit=lambda _text: "opaque-token"), "JWT"),
    "hour": (Change(settings={"dstor": {"default_ttl": 3600}}), "31536000 s"),
    "milliseconds": (spelled(lambda said: {**said, "exp": said["exp"] * 1000}), "milliseconds"),
    "issued in milliseconds": (
        spelled(lambda said: {**said, "iat": said["iat"] * 1000}),
        "milliseconds",
    ),
    "issued as text": (spelled(lambda said: {**said, "iat": str(said["iat"])}), "integer"),
    "issued elsewhen": (spelled(lambda said: {**said, "iat": said["iat"] - 7200}), "issued at"),
    "lost claim": (spelled(without("sub")), "it has sub"),
    "other issuer": (spelled(with_(iss="dstor.io")), "dstor.cloud"),
    "x-expiration not looked at": (header_ignored(PATH, "x-expiration"), "x-expiration"),
    "any key": (header_sent(PATH, "api-key", KEY), "answered 200"),
    "error with 200": (error(PATH, status(200)), "access_token"),
    "upload without token": (error(UPLOAD, status(200)), "message"),
    "upload renamed": (success(UPLOAD, renamed("token", "uploadToken")), "it has token"),
    "upload other message": (success(UPLOAD, with_(message="OK")), '"ok"'),
    "fields not needed": (
        body_sent(UPLOAD, lambda _body: {"chunks_number": 1, "folder_path": "/"}),
        "needs chunks_number",
    ),
}


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES)
def test_it_is_found_and_named(change: Change, word: str) -> None:
    check_named(change, "dstor", word)

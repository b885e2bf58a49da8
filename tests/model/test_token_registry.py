"""Issued tokens: their states, and which entries make room."""

import pytest

from mockserver.model import token_registry
from mockserver.model.clock import Moment
from mockserver.model.token_registry import IssuedToken
from tests.state_parts import new_registry

NOW = 1_767_225_600
MOMENT = Moment(NOW * 1_000_000, NOW)


def issued(token_id: str, *, expires: int | None = NOW + 60, once: bool = False) -> IssuedToken:
    return IssuedToken(token_id, "acme", "access token", "ann", NOW, expires, once)


@pytest.mark.parametrize(("expires", "marks", "state"), [
    (None, [], "active"),
    (NOW + 1, [], "active"),
    (NOW, [], "expired"),
    (NOW, ["use_up"], "used"),
    (NOW, ["use_up", "revoke"], "revoked"),
    (None, ["revoke"], "revoked"),
])  # fmt: skip
def test_state_depends_on_marks_and_moment(
    expires: int | None, marks: list[str], state: str
) -> None:
    book = new_registry()
    book.add(issued("a", expires=expires))
    for mark in marks:
        getattr(book, mark)("a")
    entry = book.get("a")
    assert entry is not None
    assert entry.state(MOMENT) == state


def test_shown_entry_has_times_as_iso_8601() -> None:
    assert issued("a", expires=None).shown(MOMENT) == {
        **{"id": "a", "vendor": "acme", "kind": "access token", "account": "ann"},
        **{"issued": "2026-01-01T00:00:00Z", "expires": None, "state": "active"},
    }
    assert issued("a").shown(MOMENT)["expires"] == "2026-01-01T00:01:00Z"


def test_revoked_token_is_not_listed_and_cannot_be_added_again() -> None:
    book = new_registry()
    assert [book.add(issued("a")) for _ in range(2)] == [True, True]
    book.revoke("a")
    book.revoke("b")
    assert (book.is_revoked("b"), book.get("b"), book.is_revoked("c")) == (True, None, False)
    assert [book.add(issued(token_id)) for token_id in ("a", "b", "c")] == [False, False, True]
    assert [entry.revoked for entry in book.all()] == [False, True]


def test_code_is_used_up_once_unless_it_is_revoked_or_unknown() -> None:
    book = new_registry()
    for token_id in ("a", "b"):
        book.add(issued(token_id, once=True))
    book.revoke("b")
    assert [book.use_up(token_id) for token_id in ("a", "a", "b", "c")] == [True] + [False] * 3
    assert [book.is_used(token_id) for token_id in ("a", "b", "c")] == [True, False, False]


def test_oldest_entry_makes_room_unless_revoked_or_a_valid_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_registry, "LENGTH", 2)
    book = new_registry()
    book.add(issued("revoked"))
    book.revoke("revoked")
    book.add(issued("code", once=True))
    book.add(issued("used code", once=True))
    book.use_up("used code")
    for number in range(4):
        book.add(issued(f"new {number}"))
    kept = ["new 3", "new 2", "used code", "code", "revoked"]
    assert [entry.id for entry in book.all()] == kept
    book.add(issued("later")._replace(issued=NOW + 60))
    assert [entry.id for entry in book.all()] == ["later", "new 3", "revoked"]
    assert book.is_revoked("revoked")

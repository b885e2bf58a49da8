"""What was issued: states, and what has to make room."""

import pytest

from mockserver.model import token_registry
from mockserver.model.clock import Moment
from mockserver.model.token_registry import IssuedToken
from tests.state_parts import new_registry

NOW = 1_767_225_600


MOMENT = Moment(NOW * 1_000_000, NOW)


def issued(token_id: str, *, expires: int | None = NOW + 60, once: bool = False) -> IssuedToken:
    return IssuedToken(token_id, "acme", "access token", "ann", NOW, expires, once)


@pytest.mark.parametrize(
    ("expires", "marks", "state"),
    [
        (None, [], "active"),
        (NOW + 1, [], "active"),
        (NOW, [], "expired"),
        (NOW, ["use_up"], "used"),
        (NOW, ["use_up", "revoke"], "revoked"),
        (None, ["revoke"], "revoked"),
    ],
)
def test_a_state_is_told_by_marks_and_moment(
    expires: int | None, marks: list[str], state: str
) -> None:
    book = new_registry()
    book.add(issued("a", expires=expires))
    for mark in marks:
        getattr(book, mark)("a")
    entry = book.get("a")
    assert entry is not None
    assert entry.state(MOMENT) == state


def test_what_is_shown_has_times_as_iso_8601() -> None:
    assert issued("a", expires=None).shown(MOMENT) == {
        "id": "a",
        "vendor": "acme",
        "kind": "access token",
        "account": "ann",
        "issued": "2026-01-01T00:00:00Z",
        "expires": None,
        "state": "active",
    }
    assert issued("a").shown(MOMENT)["expires"] == "2026-01-01T00:01:00Z"


def test_what_is_not_listed_can_be_revoked_and_is_not_listed_for_that() -> None:
    book = new_registry()
    book.revoke("a")
    assert (book.is_revoked("a"), book.get("a"), book.all()) == (True, None, [])
    assert not book.is_revoked("b")


def test_what_is_good_once_is_used_up_once_and_not_when_it_is_revoked_or_unknown() -> None:
    book = new_registry()
    for token_id in ("a", "b"):
        book.add(issued(token_id, once=True))
    book.revoke("b")
    assert [book.use_up(token_id) for token_id in ("a", "a", "b", "c")] == [True] + [False] * 3
    assert [book.is_used(token_id) for token_id in ("a", "b", "c")] == [True, False, False]


def test_a_token_issued_twice_has_one_entry() -> None:
    book = new_registry()
    assert [book.add(issued("a")) for _ in range(2)] == [True, True]
    assert len(book.all()) == 1


def test_a_revoked_token_cannot_be_added_again() -> None:
    book = new_registry()
    book.add(issued("a"))
    book.revoke("a")
    book.revoke("b")
    assert [book.add(issued(token_id)) for token_id in ("a", "b", "c")] == [False, False, True]
    assert [entry.revoked for entry in book.all()] == [False, True]
    assert book.is_revoked("b")


def test_the_oldest_makes_room_but_not_what_is_revoked_or_a_code_still_good(
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

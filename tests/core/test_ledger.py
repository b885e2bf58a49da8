"""What was issued: states, and what has to make room."""

import pytest

from mockserver.core import ledger
from mockserver.core.ledger import Issued, Ledger

NOW = 1_767_225_600


def issued(token_id: str, *, expires: int | None = NOW + 60, once: bool = False) -> Issued:
    return Issued(token_id, "acme", "access token", "ann", NOW, expires, once)


@pytest.mark.parametrize(
    ("expires", "marks", "state"),
    [
        (None, {}, "active"),
        (NOW + 1, {}, "active"),
        (NOW, {}, "expired"),
        (NOW, {"used": True}, "used"),
        (NOW, {"used": True, "revoked": True}, "revoked"),
        (None, {"revoked": True}, "revoked"),
    ],
)
def test_a_state_is_told_by_marks_and_moment(
    expires: int | None, marks: dict[str, bool], state: str
) -> None:
    book = Ledger()
    book.note(issued("a", expires=expires))
    book.mark("a", **marks)
    entry = book.get("a")
    assert entry is not None
    assert entry.state(NOW) == state


def test_what_is_shown_has_times_as_iso_8601() -> None:
    assert issued("a", expires=None).shown(NOW) == {
        "id": "a",
        "vendor": "acme",
        "kind": "access token",
        "account": "ann",
        "issued": "2026-01-01T00:00:00Z",
        "expires": None,
        "state": "active",
    }
    assert issued("a").shown(NOW)["expires"] == "2026-01-01T00:01:00Z"


def test_a_mark_on_what_is_not_listed_is_nothing() -> None:
    book = Ledger()
    book.mark("a", revoked=True)
    assert book.get("a") is None


def test_a_token_issued_twice_stays_one_and_is_good_again() -> None:
    book = Ledger()
    book.note(issued("a"))
    book.mark("a", revoked=True)
    book.note(issued("a"))
    assert [entry.revoked for entry in book.all()] == [False]


def test_the_oldest_makes_room_but_not_what_is_revoked_or_a_code_still_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "LENGTH", 3)
    book = Ledger()
    book.note(issued("revoked"))
    book.mark("revoked", revoked=True)
    book.note(issued("good code", once=True))
    book.note(issued("used code", once=True))
    book.mark("used code", used=True)
    book.note(issued("new"))
    assert [entry.id for entry in book.all()] == ["new", "good code", "revoked"]
    book.note(issued("another code", once=True))
    book.note(issued("one more code", once=True))
    assert [entry.id for entry in book.all()][:2] == ["one more code", "another code"]
    assert len(book.all()) == 4  # nothing could make room any more
    book.clear()
    assert book.all() == []

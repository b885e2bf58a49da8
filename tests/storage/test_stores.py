"""One suite for the places of every kind: stores by name, renewed and dropped."""

import gc
import weakref
from contextlib import suppress

import pytest

from mockserver.admin.application import new_application
from mockserver.model import state_store as protocol
from mockserver.model.errors import MockServerError
from mockserver.model.state_store import RECORDS, Collection, Record, StateStore, StorageBackend
from mockserver.storage.open_backend import open_stores
from tests.places import PLACES, SHARED
from tests.racing import at_once
from tests.storage.failing import ask


def nothing(_: StateStore) -> None:
    pass


def shelf(store: StateStore) -> Collection[Record]:
    return store.shelf("shelf", RECORDS)


def test_a_store_is_begun_once_and_stays(stores: StorageBackend) -> None:
    begun: list[StateStore] = []

    def begin(store: StateStore) -> None:
        begun.append(store)
        shelf(store).put("key", {"n": len(begun)})

    first = stores.store("a", begin)
    assert [stores.store("a", begin) for _ in range(3)] == [first] * 3
    assert shelf(first).get("key") == {"n": 1}
    assert len(begun) == 1


def test_stores_of_two_names_have_nothing_in_common(stores: StorageBackend) -> None:
    one, other = (stores.store(name, nothing) for name in ("", "b"))
    shelf(one).put("key", {})
    assert shelf(other).get("key") is None


def test_a_renewed_store_is_another_and_begun_again(stores: StorageBackend) -> None:
    before = stores.store("a", nothing)
    shelf(before).put("key", {})
    after = stores.renew("a", lambda store: shelf(store).put("begun", {}))
    assert after is not before
    assert stores.store("a", nothing) is after
    assert [key for key, _ in shelf(after).items()] == ["begun"]


def test_what_is_put_into_a_store_after_its_time_is_not_in_the_new_one(
    stores: StorageBackend,
) -> None:
    before = stores.store("a", nothing)
    late = shelf(before)
    stores.renew("a", nothing)
    late.put("key", {})
    late.update("key", lambda _: {"n": 1})
    late.trim(5)
    late.take("key")
    late.clear()
    assert shelf(stores.store("a", nothing)).items() == []


@pytest.mark.parametrize("place", SHARED)
def test_a_process_keeps_nothing_of_a_shared_store_that_it_does_not_use(
    place: str, request: pytest.FixtureRequest
) -> None:
    """Others may have dropped it: it would be kept for ever."""
    stores = open_stores(SHARED[place](request))
    seen = weakref.ref(stores.store("a", lambda store: shelf(store).put("key", {})))
    gc.collect()
    assert seen() is None
    assert shelf(stores.store("a", nothing)).get("key") == {}


def test_who_asks_whether_a_store_is_still_there_makes_none(stores: StorageBackend) -> None:
    first = stores.store("a", nothing)
    assert stores.has("a", first)
    assert not stores.has("b", first)
    with suppress(RuntimeError), stores.together():
        raise RuntimeError  # of somebody else
    assert stores.has("a", first)
    second = stores.renew("a", nothing)
    assert (stores.has("a", first), stores.has("a", second)) == (False, True)
    stores.drop("a")
    assert not stores.has("a", second)
    begun: list[StateStore] = []
    stores.store("a", begun.append)
    assert begun


@pytest.mark.parametrize("place", PLACES)
def test_a_server_answers_after_its_store_was_found_good(
    place: str, request: pytest.FixtureRequest
) -> None:
    front = new_application({}, store=PLACES[place](request))
    front.check()
    assert ask(front, "GET /ds-api/").status == 200


def test_what_was_closed_is_opened_anew(stores: StorageBackend) -> None:
    for _ in range(2):
        stores.close()
        store = stores.store("a", lambda store: shelf(store).put("key", {}))
        assert shelf(store).get("key") == {}


def test_a_dropped_store_is_begun_anew_and_others_stay(stores: StorageBackend) -> None:
    for name in ("a", "b"):
        shelf(stores.store(name, nothing)).put("key", {})
    stores.drop("a")
    stores.drop("never used")
    found = [shelf(stores.store(name, nothing)).get("key") for name in ("a", "b")]
    assert found == [None, {}]


def test_a_beginning_that_fails_leaves_nothing(stores: StorageBackend) -> None:
    def fail(store: StateStore) -> None:
        shelf(store).put("key", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stores.store("a", fail)
    assert shelf(stores.store("a", nothing)).items() == []
    shelf(stores.store("a", nothing)).put("kept", {})
    with pytest.raises(ZeroDivisionError):
        stores.renew("a", fail)
    assert [key for key, _ in shelf(stores.store("a", nothing)).items()] == ["kept"]


def test_there_is_an_upper_bound(stores: StorageBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST", 3)
    for name in ("", "a", "b", "c"):
        stores.store(name, nothing)
    with pytest.raises(MockServerError, match="there are 3 namespaces"):
        stores.store("d", nothing)
    stores.renew("a", nothing)
    stores.drop("a")
    stores.store("d", nothing)


def test_of_many_who_begin_at_once_all_get_what_one_has_begun(stores: StorageBackend) -> None:
    def begins(number: int) -> Record | None:
        store = stores.store("a", lambda new: shelf(new).put("by", {"number": number}))
        return shelf(store).get("by")

    found = at_once(begins, threads=8)
    assert found[0] is not None
    assert found == [found[0]] * 8


def test_what_is_done_together_is_seen_inside_and_stays(stores: StorageBackend) -> None:
    with stores.together():
        store = stores.store("a", nothing)
        shelf(store).put("a", {"n": 1})
        shelf(store).put("b", {})
        shelf(store).trim(10)
        assert shelf(store).get("a") == {"n": 1}
        with stores.together():
            assert shelf(store).take("b") == {}
        assert [key for key, _ in shelf(store).items()] == ["a"]
    assert [key for key, _ in shelf(stores.store("a", nothing)).items()] == ["a"]


def test_what_is_held_is_as_it_was_put(stores: StorageBackend) -> None:
    held = stores.store("a", nothing).shelf("held", RECORDS, held=True)
    version = held.version
    for key in ("a", "b", "c"):
        held.put(key, {"key": key})
    held.take("b")
    held.update("a", lambda record: {**(record or {}), "n": 1})
    assert held.version != version
    assert held.items() == [("a", {"key": "a", "n": 1}), ("c", {"key": "c"})]
    assert (held.get("a"), held.get("b")) == ({"key": "a", "n": 1}, None)
    held.clear()
    assert (held.items(), held.get("a")) == ([], None)


def test_something_can_be_kept(stores: StorageBackend) -> None:
    stores.check()
    stores.check()

"""One suite for the places of every kind: backend by name, renewed and dropped."""

import gc
import weakref
from contextlib import suppress

import pytest

from mockserver.admin.application import new_application
from mockserver.model import state_store as protocol
from mockserver.model.state_store import RECORDS, Collection, Record, StateStore, StorageBackend
from mockserver.storage import open_backend
from tests.concurrency import run_concurrently
from tests.storage.outage import ask
from tests.store_urls import SHARED_STORE_URLS, STORE_URLS


def nothing(_: StateStore) -> None:
    pass


def collection(store: StateStore) -> Collection[Record]:
    return store.collection("collection", RECORDS)


def test_store_is_begun_once_and_stays(backend: StorageBackend) -> None:
    begun: list[StateStore] = []

    def begin(store: StateStore) -> None:
        begun.append(store)
        collection(store).put("key", {"n": len(begun)})

    first = backend.store("a", begin)
    assert [backend.store("a", begin) for _ in range(3)] == [first] * 3
    assert collection(first).get("key") == {"n": 1}
    assert len(begun) == 1


def test_stores_are_independent(backend: StorageBackend) -> None:
    one, other = (backend.store(name, nothing) for name in ("", "b"))
    collection(one).put("key", {})
    assert collection(other).get("key") is None


def test_replaced_store_is_begun_again(backend: StorageBackend) -> None:
    before = backend.store("a", nothing)
    collection(before).put("key", {})
    after = backend.replace("a", lambda store: collection(store).put("begun", {}))
    assert after is not before
    assert backend.store("a", nothing) is after
    assert [key for key, _ in collection(after).items()] == ["begun"]


def test_late_writes_to_a_replaced_store_are_not_in_the_new_one(
    backend: StorageBackend,
) -> None:
    before = backend.store("a", nothing)
    late = collection(before)
    backend.replace("a", nothing)
    late.put("key", {}, most=5)
    late.update("key", lambda _: {"n": 1}, most=5)
    late.take("key")
    late.clear()
    assert collection(backend.store("a", nothing)).items() == []


# Also clients that earlier tests left are collected, and their sockets closed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("place", SHARED_STORE_URLS)
def test_unused_shared_store_is_not_kept_in_memory(
    place: str, request: pytest.FixtureRequest
) -> None:
    """Another process may have dropped it: it would be kept for ever."""
    backend = open_backend(SHARED_STORE_URLS[place](request))
    seen = weakref.ref(backend.store("a", lambda store: collection(store).put("key", {})))
    gc.collect()
    assert seen() is None
    assert collection(backend.store("a", nothing)).get("key") == {}


def test_is_current_creates_no_store(backend: StorageBackend) -> None:
    first = backend.store("a", nothing)
    assert backend.is_current("a", first)
    assert not backend.is_current("b", first)
    with suppress(RuntimeError), backend.transaction():
        raise RuntimeError  # of somebody else
    assert backend.is_current("a", first)
    second = backend.replace("a", nothing)
    assert (backend.is_current("a", first), backend.is_current("a", second)) == (False, True)
    backend.drop("a")
    assert not backend.is_current("a", second)
    begun: list[StateStore] = []
    backend.store("a", begun.append)
    assert begun


@pytest.mark.parametrize("place", STORE_URLS)
def test_server_answers_after_its_checks(place: str, request: pytest.FixtureRequest) -> None:
    front = new_application({}, store=STORE_URLS[place](request))
    front.check()
    front.check()
    assert ask(front, "GET /ds-api/").status == 200


def test_closed_backend_is_opened_again(backend: StorageBackend) -> None:
    for _ in range(2):
        backend.close()
        store = backend.store("a", lambda store: collection(store).put("key", {}))
        assert collection(store).get("key") == {}


def test_dropped_store_is_begun_anew_and_others_stay(backend: StorageBackend) -> None:
    for name in ("a", "b"):
        collection(backend.store(name, nothing)).put("key", {})
    backend.drop("a")
    backend.drop("never used")
    found = [collection(backend.store(name, nothing)).get("key") for name in ("a", "b")]
    assert found == [None, {}]


def test_failed_beginning_leaves_nothing(backend: StorageBackend) -> None:
    def fail(store: StateStore) -> None:
        collection(store).put("key", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        backend.store("a", fail)
    assert collection(backend.store("a", nothing)).items() == []
    collection(backend.store("a", nothing)).put("kept", {})
    with pytest.raises(ZeroDivisionError):
        backend.replace("a", fail)
    assert [key for key, _ in collection(backend.store("a", nothing)).items()] == ["kept"]


def test_the_least_recently_used_one_makes_room(
    backend: StorageBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MAX_NAMESPACES", 3)
    for name in ("", "a", "b", "c", "a", "d", "a", "e"):
        collection(backend.store(name, nothing)).put("key", {})
    assert list(backend.last_uses()) == ["d", "a", "e"]
    assert [backend.exists(name) for name in ("", "a", "b", "c")] == [True, True, False, False]
    assert backend.sizes("a") == {"collection": 1}
    assert backend.sizes("b") == {}


def test_concurrent_beginnings_get_one_store(backend: StorageBackend) -> None:
    def begins(number: int) -> Record | None:
        store = backend.store("a", lambda new: collection(new).put("by", {"number": number}))
        return collection(store).get("by")

    found = run_concurrently(begins, threads=8)
    assert found[0] is not None
    assert found == [found[0]] * 8


def test_transaction_sees_its_changes_and_keeps_them(backend: StorageBackend) -> None:
    with backend.transaction():
        store = backend.store("a", nothing)
        collection(store).put("a", {"n": 1})
        collection(store).put("b", {}, most=10)
        assert collection(store).get("a") == {"n": 1}
        with backend.transaction():
            assert collection(store).take("b") == {}
        assert [key for key, _ in collection(store).items()] == ["a"]
    assert [key for key, _ in collection(backend.store("a", nothing)).items()] == ["a"]


def test_cached_collection_is_as_it_was_put(backend: StorageBackend) -> None:
    held = backend.store("a", nothing).collection("held", RECORDS, cached=True)
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

"""One suite for every store: a new one is a line in STORES."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.store import Shelf, Store
from mockserver.stores.memory import MemoryStore
from tests.racing import at_once

STORES: dict[str, Callable[[], Store]] = {
    "memory": MemoryStore,
}

NAMES = st.sampled_from(["a", "b", "vendor/ä"])
RECORDS = st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=3))
STEPS = st.lists(
    st.tuples(st.just("put"), NAMES, NAMES, RECORDS)
    | st.tuples(st.sampled_from(["take", "get", "items"]), NAMES, NAMES, st.just({}))
)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    return STORES[request.param]()


def test_an_unknown_record_is_none(store: Store) -> None:
    assert store.get("shelf", "key") is None
    assert store.take("shelf", "key") is None
    assert store.items("shelf") == []


def test_a_record_is_kept(store: Store) -> None:
    store.put("shelf", "key", {"a": [1, {"b": None}]})
    assert store.get("shelf", "key") == {"a": [1, {"b": None}]}
    assert store.get("shelf", "other") is None
    assert store.get("other", "key") is None


def test_a_later_record_replaces_an_earlier_one_in_its_place(store: Store) -> None:
    for number, key in enumerate(["x", "y", "x"]):
        store.put("shelf", key, {"n": number})
    assert store.items("shelf") == [("x", {"n": 2}), ("y", {"n": 1})]


def test_an_empty_record_is_a_record(store: Store) -> None:
    store.put("shelf", "key", {})
    assert store.get("shelf", "key") == {}
    assert store.take("shelf", "key") == {}


def test_what_was_taken_is_gone(store: Store) -> None:
    store.put("shelf", "key", {"a": 1})
    assert store.take("shelf", "key") == {"a": 1}
    assert store.take("shelf", "key") is None
    assert store.get("shelf", "key") is None
    assert store.items("shelf") == []


def test_two_stores_share_nothing(store: Store, request: pytest.FixtureRequest) -> None:
    other = STORES[request.node.callspec.params["store"]]()
    store.put("shelf", "key", {"a": 1})
    assert other.get("shelf", "key") is None


def test_of_many_who_take_a_record_at_once_exactly_one_gets_it(store: Store) -> None:
    def takes(_: int) -> int:
        return sum(store.take("shelf", str(key)) is not None for key in range(10))

    for key in range(10):
        store.put("shelf", str(key), {})
    assert sum(at_once(takes, threads=16)) == 10


def test_records_are_listed_while_others_come_and_go(store: Store) -> None:
    def acts(number: int) -> bool:
        if number % 2:
            return all(record == {} for _ in range(10) for _, record in store.items("shelf"))
        for key in range(10):
            store.put("shelf", f"{number}-{key}", {})
            store.take("shelf", f"{number}-{key - 1}")
        return True

    assert all(at_once(acts, threads=8))
    assert len(store.items("shelf")) == 4


@pytest.mark.parametrize("name", STORES)
@given(steps=STEPS)
def test_a_store_does_what_dictionaries_do(
    name: str, steps: list[tuple[str, str, str, dict[str, object]]]
) -> None:
    store = STORES[name]()
    model: dict[str, dict[str, dict[str, object]]] = {}
    for step, shelf, key, record in steps:
        kept = model.setdefault(shelf, {})
        if step == "put":
            store.put(shelf, key, record)
            kept[key] = record
        elif step == "take":
            assert store.take(shelf, key) == kept.pop(key, None)
        elif step == "get":
            assert store.get(shelf, key) == kept.get(key)
        else:
            assert store.items(shelf) == list(kept.items())


def test_a_shelf_is_one_shelf_of_its_store(store: Store) -> None:
    shelf = Shelf(store, "a")
    shelf.put("key", {"n": 1})
    store.put("b", "key", {"n": 2})
    assert shelf.get("key") == store.get("a", "key") == {"n": 1}
    assert shelf.items() == [("key", {"n": 1})]
    assert shelf.take("key") == {"n": 1}
    assert store.get("a", "key") is None
    assert store.get("b", "key") == {"n": 2}

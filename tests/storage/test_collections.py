"""One suite for the collections of every store."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from mockserver.model.state_store import RECORDS, Codec, Collection, Record, StateStore
from tests.concurrency import run_concurrently


class Word(NamedTuple):
    """A value that needs a codec."""

    text: str
    until: float | None = None


WORDS: Codec[Word] = Codec(list, lambda fields: Word(*fields), lambda word: word.until)
FREE = [Word(f"free {number}", 0) for number in range(8)]


@pytest.fixture
def collection(store: StateStore) -> Collection[Record]:
    return store.collection("collection", RECORDS)


@pytest.fixture
def words(store: StateStore) -> Collection[Word]:
    return store.collection("words", WORDS)


def put(words: Collection[Word], *several: Word, most: int | None = None, now: float = 0) -> None:
    """Put words; the limit is given with the last one."""
    for word in several[:-1]:
        words.put(word.text, word)
    words.put(several[-1].text, several[-1], most=most, now=now)


def texts(words: Collection[Word]) -> list[str]:
    return [word.text for _, word in words.items()]


def test_value_is_kept_until_it_is_taken(
    collection: Collection[Record], words: Collection[Word]
) -> None:
    """A taken value comes last when it is put again; an empty value is a value."""
    assert (collection.get("a"), collection.take("a"), collection.items()) == (None, None, [])
    for key, value in (("a", {"a": [1, {"b": None}]}), ("b", {})):
        collection.put(key, value)
        assert collection.get(key) == value
    assert collection.get("other") is None
    assert collection.take("a") == {"a": [1, {"b": None}]}
    assert (collection.take("a"), collection.get("a")) == (None, None)
    collection.put("a", {})
    assert [key for key, _ in collection.items()] == ["b", "a"]
    assert collection.take("b") == {}
    put(words, Word("a", 1.5))
    assert isinstance(words.get("a"), Word)
    assert words.items() == [("a", Word("a", 1.5))]
    assert words.take("a") == Word("a", 1.5)


@pytest.mark.parametrize("text", ["", "ä", "\x00", "\ud800", "a:b|c", "'\"%_*", "x" * 2000, "😀"])
def test_key_and_value_may_be_any_text(collection: Collection[Record], text: str) -> None:
    collection.put(text, {text: [text]})
    assert collection.get(text) == {text: [text]}
    assert collection.items() == [(text, {text: [text]})]
    assert collection.take(text) == {text: [text]}


def test_later_value_replaces_an_earlier_one_in_its_place(collection: Collection[Record]) -> None:
    for number, key in enumerate(["x", "y", "x"]):
        collection.put(key, {"n": number})
    assert collection.items() == [("x", {"n": 2}), ("y", {"n": 1})]


def test_collections_of_a_store_are_independent(store: StateStore) -> None:
    store.collection("a", RECORDS).put("key", {"n": 1})
    assert store.collection("b", RECORDS).get("key") is None
    assert store.collection("b", RECORDS).items() == []
    assert store.collection("a", RECORDS).get("key") == {"n": 1}


def test_cleared_collection_is_empty(
    collection: Collection[Record], words: Collection[Word]
) -> None:
    collection.put("a", {})
    put(words, *FREE, most=2)
    collection.clear()
    assert collection.items() == []
    assert len(words.items()) == 2
    words.clear()
    assert (words.items(), words.trimmed) == ([], 0)
    put(words, *FREE[:3], most=2)
    assert (texts(words), words.trimmed) == (["free 1", "free 2"], 1)


def test_update_puts_the_result_unless_it_is_none_or_an_error(
    collection: Collection[Record],
) -> None:
    def one_more(record: Record | None) -> Record:
        return {"n": 1 if record is None else record["n"] + 1}

    def refuse(_: Record | None) -> Record:
        raise ZeroDivisionError

    assert collection.update("key", lambda _: None) is None
    assert collection.items() == []
    assert [collection.update("key", one_more) for _ in range(3)] == [{"n": 1}, {"n": 2}, {"n": 3}]
    version = collection.version
    assert collection.update("key", lambda _: None) is None
    with pytest.raises(ZeroDivisionError):
        collection.update("key", refuse)
    assert (collection.get("key"), collection.version) == ({"n": 3}, version)
    collection.put("key", {"n": 4})
    assert collection.get("key") == {"n": 4}


def test_version_changes_with_each_change(
    store: StateStore, collection: Collection[Record]
) -> None:
    changes: list[Callable[[], object]] = [
        lambda: collection.put("a", {}),
        lambda: collection.put("a", {}),
        lambda: collection.update("a", lambda record: record),
        lambda: collection.take("a"),
        collection.clear,
    ]
    seen = [collection.version]
    for change in changes:
        change()
        assert collection.version not in seen
        assert collection.version == collection.version
        seen.append(collection.version)
    store.collection("other", RECORDS).put("a", {})
    assert collection.version == seen[-1]


def test_limit_keeps_protected_values_and_the_newest(words: Collection[Word]) -> None:
    several = Word("always"), *FREE[:3], Word("for a while", 100), *FREE[3:6]
    put(words, *several, most=3, now=99)
    assert texts(words) == ["always", "for a while", "free 3", "free 4", "free 5"]
    assert words.trimmed == 3
    put(words, FREE[5], most=3, now=99)
    assert words.trimmed == 3


def test_values_no_longer_protected_are_trimmed_first(words: Collection[Word]) -> None:
    several = *FREE[:2], Word("until 200", 200), Word("until 100", 100), FREE[2]
    put(words, *several, most=3, now=100)
    assert texts(words) == ["free 0", "free 1", "until 200", "free 2"]
    put(words, FREE[2], most=3, now=200)
    assert texts(words) == ["free 0", "free 1", "free 2"]


def test_limit_removes_nothing_where_fewer_are(words: Collection[Word]) -> None:
    put(words, *FREE[:3], Word("passed", 1), most=4, now=5)
    assert (len(words.items()), words.trimmed) == (4, 0)
    for key in ("free 1", "passed"):
        words.take(key)
    put(words, FREE[2], most=2, now=5)
    assert (texts(words), words.trimmed) == (["free 0", "free 2"], 0)


@pytest.mark.parametrize("until", [None, 500])
def test_protection_changes_with_the_value(words: Collection[Word], until: float | None) -> None:
    put(words, *FREE[:4])
    words.put("free 0", Word("kept", until))
    words.update("free 1", lambda _: Word("kept too", until), most=1, now=400)
    assert texts(words) == ["kept", "kept too", "free 3"]
    put(words, FREE[0], most=1, now=400)
    assert texts(words) in (["kept too", "free 3"], ["free 0", "kept too"])


def test_concurrent_takes_get_a_value_once(
    collection: Collection[Record],
) -> None:
    def takes(_: int) -> int:
        return sum(collection.take(str(key)) is not None for key in range(10))

    for key in range(10):
        collection.put(str(key), {})
    assert sum(run_concurrently(takes, threads=16)) == 10


def test_no_concurrent_update_is_lost(collection: Collection[Record]) -> None:
    def adds(_: int) -> None:
        for _ in range(5):
            collection.update("n", lambda record: {"n": (record or {"n": 0})["n"] + 1})

    run_concurrently(adds, threads=8)
    assert collection.get("n") == {"n": 40}


def test_values_are_listed_during_changes(collection: Collection[Record]) -> None:
    def acts(number: int) -> bool:
        if number % 2:
            return all(record == {} for _ in range(10) for _, record in collection.items())
        for key in range(10):
            collection.put(f"{number}-{key}", {})
            collection.take(f"{number}-{key - 1}")
        return True

    assert all(run_concurrently(acts, threads=8))
    assert len(collection.items()) == 4


def test_concurrent_limits_remove_no_more_than_needed(words: Collection[Word]) -> None:
    def acts(number: int) -> None:
        for turn in range(10):
            put(words, Word(f"{number}/{turn}", 0), most=20)

    run_concurrently(acts, threads=6)
    assert (len(words.items()), words.trimmed) == (20, 40)

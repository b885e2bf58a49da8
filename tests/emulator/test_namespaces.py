"""States by name: made on first use, dropped, and bounded in number."""

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Namespaces, engine_factory
from mockserver.model import state_store as store
from mockserver.model.errors import MockServerError
from tests.concurrency import run_concurrently


@pytest.fixture
def namespaces() -> Namespaces:
    return Namespaces(engine_factory({}))


def test_namespace_is_made_on_first_use_and_stays(namespaces: Namespaces) -> None:
    engines = [namespaces.get(name) for name in ("", "a", "b", "", "a", "b")]
    assert engines[:3] == engines[3:]
    assert len({id(engine.state) for engine in engines}) == 3


def test_simultaneous_first_callers_have_one_state() -> None:
    begin = engine_factory({})
    begun: list[str] = []

    def create(name: str) -> Engine:
        begun.append(name)
        return begin(name)

    namespaces = Namespaces(create)
    states = run_concurrently(lambda _: namespaces.get("a").state, threads=20)
    assert states == states[:1] * 20
    assert begun == ["", "a"]


def test_dropped_namespace_begins_anew(namespaces: Namespaces) -> None:
    before, other = namespaces.get("a").state, namespaces.get("b").state
    namespaces.drop("a")
    namespaces.drop("never used")
    assert namespaces.get("a").state is not before
    assert namespaces.get("b").state is other


def test_name_has_letters_digits_and_some_signs(namespaces: Namespaces) -> None:
    for name in ("a", "worker-1", "A.b_c~d", "0" * 100, "...", ".a"):
        assert namespaces.get(name) is not namespaces.get("")
    for name in (
        *("?", "a b", "a/b", "ä", "0" * 101, ".", "..", "a\n", "%41", "\u0661", "a:b", "__é"),
    ):
        with pytest.raises(MockServerError, match="1 to 100 letters"):
            namespaces.get(name)


def test_least_recently_used_namespace_makes_room(
    namespaces: Namespaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.MAX_NAMESPACES == 10_000
    monkeypatch.setattr(store, "MAX_NAMESPACES", 20)
    everybodys = namespaces.get("").state
    first = namespaces.get("0").state
    second = namespaces.get("1").state
    for number in range(2, 21):
        namespaces.get(str(number))
        assert namespaces.get("0").state is first
    assert list(namespaces.uses()) == [*map(str, range(2, 21)), "0"]
    assert len(namespaces.all()) == 21
    assert namespaces.get("").state is everybodys
    assert namespaces.get("1").state is not second

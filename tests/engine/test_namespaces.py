"""States by name: made on first use, dropped, and not without end."""

import pytest

from mockserver.core.errors import MockServerError
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import MOST, Namespaces
from tests.acme import acme_engine
from tests.racing import at_once


def test_a_namespace_is_made_on_first_use_and_stays() -> None:
    namespaces = Namespaces(acme_engine)
    engines = [namespaces.get(name) for name in ("", "a", "b", "", "a", "b")]
    assert engines[:3] == engines[3:]
    assert len(set(map(id, engines))) == 3


def test_a_namespace_that_was_dropped_begins_anew() -> None:
    namespaces = Namespaces(acme_engine)
    before, other = namespaces.get("a"), namespaces.get("b")
    namespaces.drop("a")
    namespaces.drop("never used")
    assert namespaces.get("a") is not before
    assert namespaces.get("b") is other


@pytest.mark.parametrize("name", ["a", "worker-1", "A.b_c~d", "0" * 100, "...", ".a"])
def test_a_name_may_be_of_letters_digits_and_some_signs(name: str) -> None:
    namespaces = Namespaces(acme_engine)
    assert namespaces.get(name) is not namespaces.get("")


@pytest.mark.parametrize(
    "name", ["?", "a b", "a/b", "ä", "0" * 101, ".", "..", "a\n", "%41", "\u0661", "a:b", "__é"]
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(MockServerError, match="1 to 100 letters"):
        Namespaces(acme_engine).get(name)


def test_there_is_an_upper_bound_and_who_drops_one_makes_room(engine: Engine) -> None:
    namespaces = Namespaces(lambda: engine)
    for number in range(MOST):
        namespaces.get(str(number))
    with pytest.raises(MockServerError, match=f"there are {MOST}"):
        namespaces.get("one-too-many")
    assert namespaces.get("0") is namespaces.get("") is engine
    namespaces.drop("5")
    assert namespaces.get("one-too-many") is engine


def test_of_many_who_come_first_all_get_the_same() -> None:
    namespaces = Namespaces(acme_engine)
    assert len({id(engine) for engine in at_once(lambda _: namespaces.get("a"), threads=20)}) == 1

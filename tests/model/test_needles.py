"""Texts that are looked for in other texts."""

from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.known_secrets import MOST, KnownSecrets
from tests.concurrency import run_concurrently


def looking_for(*texts: str) -> KnownSecrets:
    found = KnownSecrets()
    for text in texts:
        found.add(text)
    return found


def marked(found: KnownSecrets, text: str) -> str:
    return found.replaced(text, lambda needle: f"<{needle}>")


def with_spaces(needle: str) -> set[str]:
    return {needle.replace("+", " ")}


def test_each_occurrence_is_replaced() -> None:
    found = looking_for("secret-a", "secret-b")
    assert marked(found, "secret-b, xsecret-ax, secret-b") == "<secret-b>, x<secret-a>x, <secret-b>"
    assert marked(found, "secret-c, secret") == "secret-c, secret"
    assert marked(KnownSecrets(), "secret-a") == "secret-a"


def test_of_two_at_one_place_the_longer_is_replaced() -> None:
    for order in (("secret", "secret-long"), ("secret-long", "secret")):
        found = looking_for(*order)
        assert marked(found, "secret-long secret") == "<secret-long> <secret>"


def test_what_overlaps_is_replaced_from_the_left() -> None:
    assert marked(looking_for("abcdef", "defghi"), "abcdefghi defghi") == "<abcdef>ghi <defghi>"


def test_a_short_text_is_not_looked_for() -> None:
    for text in ("abcdef", "abcde", "x abcde", ""):
        assert marked(looking_for("abcde", ""), text) == text
    assert marked(looking_for("abcdef"), "abcdef") == "<abcdef>"


def test_a_reading_stands_for_what_it_is_of() -> None:
    found = KnownSecrets(with_spaces)
    found.add("ghi+jkl")
    assert marked(found, "ghi jkl, ghi+jkl, abc def") == "<ghi+jkl>, <ghi+jkl>, abc def"


def test_a_reading_of_two_goes_with_the_last_of_them() -> None:
    found = KnownSecrets(with_spaces)
    for needle in ("same as", "same+as", *(f"needle-{number}." for number in range(MOST - 1))):
        found.add(needle)
    assert marked(found, "same as same+as") == "<same+as> <same+as>"
    found.add("one more")
    assert marked(found, "same as same+as") == "same as same+as"


def test_the_oldest_make_room() -> None:
    texts = [f"needle-{number}." for number in range(10_002)]
    found = looking_for(*texts, texts[0], "abcdef", "abcdefg")
    kept = [text for text in texts if found.replaced(text, str.upper) != text]
    assert kept == [texts[0], *texts[5:]]  # which came again after it had been dropped
    assert len(kept) == MOST - 2


def test_what_makes_room_takes_its_start_with_it() -> None:
    texts = [f"{number:06}" for number in range(10_001)]
    found = looking_for(*texts)
    assert marked(found, "000000 000001") == "000000 <000001>"
    assert marked(found, "000000") == "000000"


def test_many_threads_may_add_and_look_at_once() -> None:
    found = KnownSecrets()

    def adds(number: int) -> str:
        for turn in range(200):
            found.add(f"{turn}-{number}-needle")
        return marked(found, f"199-{number}-needle")

    assert run_concurrently(adds, threads=8) == [f"<199-{number}-needle>" for number in range(8)]


@given(st.lists(st.text("ab", min_size=6, max_size=8)), st.text("abc"))
def test_nothing_that_is_looked_for_is_left(texts: list[str], text: str) -> None:
    replaced = looking_for(*texts).replaced(text, lambda _: "#")
    assert not any(needle in replaced for needle in texts)
    assert (replaced == text) is not any(needle in text for needle in texts)

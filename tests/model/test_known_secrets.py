"""Secrets are found in texts by their value."""

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.known_secrets import MOST, KnownSecrets
from tests.concurrency import run_concurrently


def knowing(*secrets: str) -> KnownSecrets:
    known = KnownSecrets()
    for secret in secrets:
        known.add(secret)
    return known


def marked(known: KnownSecrets, text: str) -> str:
    return known.replaced(text, lambda secret: f"<{secret}>")


def test_each_occurrence_is_replaced() -> None:
    known = knowing("secret-a", "secret-b")
    assert marked(known, "secret-b, xsecret-ax, secret-b") == "<secret-b>, x<secret-a>x, <secret-b>"
    assert marked(known, "secret-c, secret") == "secret-c, secret"
    assert marked(KnownSecrets(), "secret-a") == "secret-a"


def test_of_two_secrets_at_one_position_the_longer_is_replaced() -> None:
    for order in (("secret", "secret-long"), ("secret-long", "secret")):
        assert marked(knowing(*order), "secret-long secret") == "<secret-long> <secret>"


def test_overlapping_secrets_are_replaced_from_the_left() -> None:
    assert marked(knowing("abcdef", "defghi"), "abcdefghi defghi") == "<abcdef>ghi <defghi>"


def test_a_short_secret_is_not_searched_for() -> None:
    for text in ("abcdef", "abcde", "x abcde", ""):
        assert marked(knowing("abcde", ""), text) == text
    assert marked(knowing("abcdef"), "abcdef") == "<abcdef>"


@pytest.mark.parametrize(
    "spell",
    [
        quote,
        quote_plus,
        lambda secret: quote(secret, safe=""),
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
        lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    ],
    ids=["quote", "quote_plus", "quote all", "json", "json in unicode", "json of php"],
)
def test_a_secret_is_found_as_clients_encode_it(spell: Callable[[str], str]) -> None:
    secret = 'päss/wört+x y"\\'
    assert marked(knowing(secret), f"a{spell(secret)}b") == f"a<{secret}>b"


def test_the_oldest_secrets_make_room() -> None:
    secrets = [f"secret-{number}." for number in range(MOST + 1)]
    known = knowing(*secrets[:-1])
    known.add(secrets[0])  # the newest now
    known.add(secrets[-1])
    kept = [secret for secret in secrets if marked(known, secret) != secret]
    assert kept == [secrets[0], *secrets[MOST // 10 + 1 :]]


def test_many_threads_may_add_and_search_run_concurrently() -> None:
    known = KnownSecrets()

    def adds(number: int) -> str:
        for turn in range(200):
            known.add(f"{turn}-{number}-secret")
        return marked(known, f"199-{number}-secret")

    assert run_concurrently(adds, threads=8) == [f"<199-{number}-secret>" for number in range(8)]


@given(st.lists(st.text("ab", min_size=6, max_size=8)), st.text("abc"))
def test_no_secret_is_left(secrets: list[str], text: str) -> None:
    replaced = knowing(*secrets).replaced(text, lambda _: "#")
    assert not any(secret in replaced for secret in secrets)
    assert (replaced == text) is not any(secret in text for secret in secrets)

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


@pytest.mark.parametrize(("secrets", "text", "shown"), [
    (["secret-a", "secret-b"], "secret-b, xsecret-ax", "<secret-b>, x<secret-a>x"),
    (["secret-a"], "secret-c, secret", "secret-c, secret"),
    ([], "secret-a", "secret-a"),
    (["secret", "secret-long"], "secret-long secret", "<secret-long> <secret>"),
    (["secret-long", "secret"], "secret-long secret", "<secret-long> <secret>"),
    (["abcdef", "defghi"], "abcdefghi defghi", "<abcdef>ghi <defghi>"),  # from the left
    (["abcde", ""], "x abcde abcdef", "x abcde abcdef"),  # too short to be searched for
    (["abcdef"], "abcdef", "<abcdef>"),
])  # fmt: skip
def test_each_occurrence_of_the_longest_secret_is_replaced(
    secrets: list[str], text: str, shown: str
) -> None:
    assert marked(knowing(*secrets), text) == shown


@pytest.mark.parametrize("spell", [
    quote, quote_plus, lambda secret: quote(secret, safe=""),
    lambda secret: json.dumps(secret)[1:-1],
    lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
], ids=["quote", "quote_plus", "quote all", "json", "json in unicode", "json of php"])  # fmt: skip
def test_secret_is_found_as_clients_encode_it(spell: Callable[[str], str]) -> None:
    secret = 'päss/wört+x y"\\'
    assert marked(knowing(secret), f"a{spell(secret)}b") == f"a<{secret}>b"


def test_oldest_secrets_make_room() -> None:
    secrets = [f"secret-{number}." for number in range(MOST + 1)]
    known = knowing(*secrets[:-1])
    known.add(secrets[0])  # the newest now
    known.add(secrets[-1])
    kept = [secret for secret in secrets if marked(known, secret) != secret]
    assert kept == [secrets[0], *secrets[MOST // 10 + 1 :]]


def test_many_threads_may_add_and_search() -> None:
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

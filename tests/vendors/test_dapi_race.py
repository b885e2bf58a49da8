"""Dapi: one code, many threads."""

from collections import Counter

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import TokenRegistry
from tests.concurrency import run_concurrently
from tests.engine_client import ask, content
from tests.vendor_tokens import Customer, connect, exchange_fields


@pytest.mark.parametrize("attempt", range(4))
def test_of_many_exchanges_of_one_code_at_once_exactly_one_succeeds(
    engine: Engine, attempt: int
) -> None:
    body = exchange_fields(connect(engine))

    def exchange(_: int) -> str:
        fields = content(ask(engine, "POST /v2/auth/ExchangeToken", json=body))
        return str(fields.get("type", fields["status"]))

    assert Counter(run_concurrently(exchange)) == {"done": 1, "USED_ACCESS_CODE": 49}


def test_an_exchange_that_comes_a_moment_later_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = exchange_fields(connect(engine))
    use_up = TokenRegistry.use_up

    def overtaken(registry: TokenRegistry, token_id: str) -> bool:
        use_up(registry, token_id)  # somebody else is always a moment earlier
        return use_up(registry, token_id)

    monkeypatch.setattr(TokenRegistry, "use_up", overtaken)
    response = ask(engine, "POST /v2/auth/ExchangeToken", json=body)
    assert (response.status, content(response)["type"]) == (401, "USED_ACCESS_CODE")


def test_logins_and_exchanges_of_many_threads_do_not_mix(engine: Engine) -> None:
    def live(_: int) -> int:
        customer = Customer(engine)
        line = "POST /v2/data/accounts/get"
        return ask(engine, line, customer.headers, json=customer.secrets).status

    assert run_concurrently(live, threads=8) == [200] * 8

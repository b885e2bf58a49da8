"""Checks of a server whose store fails, and of one whose store works again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from mockserver.admin.application import Application, new_application
from mockserver.model.errors import ControlError
from mockserver.model.http import Answer, Request, Response
from mockserver.server.limits import Limits
from mockserver.server.server_state import AnswerAll, LongPolls, ServerState
from mockserver.testing.remote_mock import received
from mockserver.vendors import discover
from tests.admin.documented import check_documented
from tests.engine_client import bearer, content, header, request
from tests.vendor_tokens import APP_SECRET, exchange_fields

EXCHANGE = "POST /v2/auth/ExchangeToken"
IDENTITY = "POST /v2/data/identity/get"
DELINK = "POST /v2/users/DelinkUser"


def ask(
    front: Application, line: str, headers: dict[str, str] | None = None, **json: Any
) -> Response:
    """Return the response to a program on this machine; `json` are the fields of its body."""
    sent = {"Host": "localhost", **(headers or {})}
    return front.answer(request(line, sent, json=json) if json else request(line, sent))


def server_state(answer: Answer, answer_all: AnswerAll) -> ServerState:
    """Return the state of a server that answers many requests at once."""
    return ServerState(
        answer,
        in_thread=lambda _: False,
        http_date=str,
        limits=Limits(),
        long_polls=LongPolls(),
        answer_all=answer_all,
    )


def in_one_turn(front: Application, requests: Iterable[Request]) -> list[Response]:
    """Return the responses of a server to requests that arrive together."""
    return [*server_state(front.answer, front.answer_all).respond_all([*requests])]


@dataclass
class AppUser:
    """A login at Dapi, and its token after the exchange."""

    login: dict[str, Any]
    token: str = ""

    @property
    def secrets(self) -> dict[str, Any]:
        return {**APP_SECRET, "userSecret": self.login["userSecret"]}


class Outage:
    """A server on a store that is about to fail, with users that logged in earlier."""

    def __init__(self, url: str, caplog: pytest.LogCaptureFixture) -> None:
        self.front = new_application({}, store=url)
        self._log = caplog
        self.waiting, self.living, self.dead = (self._connect() for _ in range(3))
        for customer in (self.living, self.dead):
            customer.token = self.exchange(customer)["accessToken"]
        assert self.use(self.dead, DELINK) == 200
        caplog.clear()

    def check_begun(self) -> None:
        """Check that vendors answer their own 500, are unhealthy, and log one line."""
        for vendor in discover():
            answer = ask(self.front, f"GET /{vendor.name}/nowhere")
            assert answer.status == 500
            assert header(answer, "Content-Type") == "application/json"
            assert header(answer, "Date")
        answer = ask(self.front, "GET /nobodys")
        assert (answer.status, header(answer, "Content-Type")) == (500, "application/problem+json")
        for customer in (self.waiting, self.living, self.dead):
            assert self.use(customer, IDENTITY) == 500
        exchange = request(EXCHANGE, json=exchange_fields(self.waiting.login))
        turn = [exchange, request("GET /ds-api/")] * 8
        assert {each.status for each in in_one_turn(self.front, turn)} == {500}
        assert self.exchange(self.waiting)["type"] == "UNKNOWN_ERROR"
        health = ask(self.front, "GET /__admin/health")
        assert (health.status, content(health)["status"]) == (503, "unhealthy")
        check_documented("GET /health", health)
        with pytest.raises(ControlError, match=r"^unhealthy: .*[^.]"):
            received(health.status, health.body)
        for line in ("POST /__admin/reset", "GET /ns/new/__admin/clock", "DELETE /ns/new/__admin"):
            answer = ask(self.front, line)
            assert (answer.status, content(answer)["status"]) == (503, 503)
        assert ask(self.front, "GET /ns/new/ds-api/").status == 500
        (line,) = [record.getMessage() for record in self._log.records]
        assert ".." not in line
        assert "the store fails" in line
        assert "docs/reference/stores.md" in line
        assert "Traceback" not in self._log.text

    def check_over(self) -> None:
        """Check that the state is kept: no code is valid twice, and no revoked token is valid."""
        assert ask(self.front, "GET /__admin/health").status == 200
        assert [self.use(each, IDENTITY) for each in (self.living, self.dead)] == [200, 401]
        assert self.exchange(self.living)["type"] == "USED_ACCESS_CODE"
        assert "accessToken" in self.exchange(self.waiting)
        assert self.exchange(self.waiting)["type"] == "USED_ACCESS_CODE"
        messages = [record.getMessage() for record in self._log.records]
        assert messages[1:] == ["the store works again"]

    def exchange(self, customer: AppUser) -> Any:
        """Return the JSON of Dapi's response to an exchange of the user's code."""
        return content(ask(self.front, EXCHANGE, None, **exchange_fields(customer.login)))

    def use(self, customer: AppUser, line: str) -> int:
        """Return the status of a call with the user's token."""
        return ask(self.front, line, bearer(customer.token), **customer.secrets).status

    def _connect(self) -> AppUser:
        return AppUser(content(ask(self.front, "POST /__admin/vendors/dapi/connect")))

"""Where a client of `httpx` hands its requests over."""

from collections.abc import Callable

import httpx

from mockserver.adapters.delay import patience, wait
from mockserver.adapters.framing import host_of
from mockserver.adapters.httpx.messages import answered, asked, read_timeout
from mockserver.adapters.httpx.network import Network
from mockserver.adapters.httpx.pause import pause
from mockserver.model.http import Answer


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests to the hosts for which `is_ours` is true, for both kinds of client.

    Raises what httpx raises for a broken connection and a read timeout. Other requests go to the
    network; with `passthrough=False` they raise httpx.ConnectError.
    """

    def __init__(
        self, answer: Answer, is_ours: Callable[[str], bool], *, passthrough: bool = True
    ) -> None:
        self._answer = answer
        self._is_ours = is_ours
        self._passthrough = passthrough
        self._network = Network()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, after its delay."""
        if self._goes_elsewhere(request):
            return self._network.blocking().handle_request(request)
        response = self._answer(asked(request, request.read()))
        wait(patience(response.delay, read_timeout(request)), None)
        return answered(response, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, after its delay; others have their turn meanwhile."""
        if self._goes_elsewhere(request):
            return await self._network.asynchronous().handle_async_request(request)
        response = self._answer(asked(request, await request.aread()))
        await pause(patience(response.delay, read_timeout(request)))
        return answered(response, request)

    def close(self) -> None:
        """Close what goes to the network; a later request opens it again."""
        self._network.close()

    async def aclose(self) -> None:
        """Close what goes to the network; a later request opens it again."""
        await self._network.aclose()

    def _goes_elsewhere(self, request: httpx.Request) -> bool:
        host = host_of(str(request.url))
        if self._is_ours(host):
            return False
        if not self._passthrough:
            text = f"Connection refused: {host} is no vendor's host, and passthrough is off"
            raise httpx.ConnectError(text)
        return True


def transport(
    answer: Answer, is_ours: Callable[[str], bool], *, passthrough: bool = True
) -> Transport:
    """A transport for `httpx.Client` and `httpx.AsyncClient` that answers for our hosts."""
    return Transport(answer, is_ours, passthrough=passthrough)

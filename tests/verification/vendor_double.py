"""A service in place of the vendors: the mock without its admin API, changed or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mockserver.admin.application import new_application
from mockserver.model.http import Request, Response
from mockserver.server import WireServer, listen
from mockserver.testing.controls import Controls
from mockserver.vendors import discover
from tests.verification.changes import UNCHANGED, Change


@dataclass
class VendorDouble:
    """A service in place of the vendors.

    Attributes:
        url: Its address.
        mock: The controls, which a client of the service does not have.
        seen: The requests so far.
    """

    url: str
    mock: Controls
    seen: list[Request]

    def base_url(self, vendor: str) -> str:
        return f"{self.url}/{vendor}"

    def environment(self, *vendors: str) -> dict[str, str]:
        """Return the environment variables of an account; for Dapi, those of a new login."""
        found: dict[str, str] = {}
        for vendor in discover():
            if vendor.name in vendors or not vendors:
                known = dict(vendor.accounts[0])
                if vendor.actions:
                    known |= vars(self.mock.vendors[vendor.name].connect())
                found |= {name: known[field] for field, name in vendor.live.credentials.items()}
        return found


@contextmanager
def vendor_double(change: Change = UNCHANGED) -> Iterator[VendorDouble]:
    application = new_application(change.settings)
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        hidden = application.may_block(request)
        asked = Request("GET", "/nothing/there") if hidden else change.ask(request)
        return change.answer(request, application.answer(asked))

    wire = WireServer(
        answer,
        listener=listen("127.0.0.1", 0),
        in_thread=lambda _: False,
        http_date=application.http_date,
    )
    wire.start()
    try:
        yield VendorDouble(f"http://127.0.0.1:{wire.port}", Controls(application.call), seen)
    finally:
        wire.stop()

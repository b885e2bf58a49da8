"""The console: HTML pages at `/` and below `/__admin/`."""

from mockserver.admin.application import Application
from mockserver.model.http import Request, Response


def answer_page(application: Application, request: Request, namespace: str) -> Response | None:
    """Return a page of the console; None if the request is for the admin API or a vendor."""
    # Imported at the first request that may be for a page: few test processes send one.
    from mockserver.console.pages import answer  # noqa: PLC0415

    return answer(application, request, namespace)

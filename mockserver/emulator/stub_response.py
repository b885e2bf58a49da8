"""What a stub's reply is on the wire."""

from mockserver.emulator.addressing import Visit
from mockserver.emulator.cors import allowed
from mockserver.model.errors import ordered
from mockserver.model.http import Response
from mockserver.model.problem import problem
from mockserver.wiremock.stub_mapping import ResponseDefinition


def stubbed(reply: ResponseDefinition) -> Response:
    """The answer, or the fault, that a stub spells out."""
    return Response(reply.status or 200, reply.headers, reply.body, fault=reply.fault)


def ordered_error(status: int, visit: Visit, why: str = "Ordered by a stub.") -> Response:
    """The vendor's own error with this status; problem details where no vendor is meant."""
    if visit.vendor is None:
        return problem(status, why)
    response = visit.vendor.refuse(ordered(status), visit.request)
    return allowed(response) if visit.vendor.cors else response

"""Problem details (RFC 9457)."""

from mockserver.model.http import problem
from tests.engine_client import content, header


def test_a_problem_has_type_title_status_detail_and_further_members() -> None:
    response = problem(404, "Nobody's.", nearest=["GET /x"])
    assert header(response, "Content-Type") == "application/problem+json"
    assert response.status == 404
    assert content(response) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nobody's.",
        "nearest": ["GET /x"],
    }

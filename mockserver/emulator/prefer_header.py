"""An error that the client itself orders: `Prefer: code=503` (RFC 7240)."""

import re

from mockserver.model.errors import ERROR_STATUSES
from mockserver.model.http import Request

_CODE = r'(?ai)(?:^|,)\s*code\s*=\s*("?)([0-9]{3})\1\s*(?=$|[,;])'


def preferred_error(request: Request) -> int | None:
    """The status of the error that is asked for; None for none. Other preferences are ignored."""
    preferences = request.headers.get("prefer")
    if preferences is None:
        return None
    found = re.search(_CODE, preferences)
    status = int(found[2]) if found else 0
    return status if status in ERROR_STATUSES else None

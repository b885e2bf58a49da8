"""What nothing can keep from coming and going: it needs no pool, which takes its time."""

import string
from typing import Any

from requests import PreparedRequest
from urllib3 import Retry

from mockserver.model.http import Response

_SENT_AS_IT_IS = f"{string.ascii_letters}{string.digits}-._~!$&'()*+,;=:@/?"
"""The characters of a target of which urllib3 changes nothing."""


def is_plain(request: PreparedRequest, timeout: Any, retries: object) -> bool:
    """Whether urllib3 would send a request as it is, with nothing to say about what is given."""
    if not isinstance(retries, Retry) or not isinstance(request.body, (type(None), bytes, str)):
        return False
    in_time = timeout is None or (type(timeout) in (int, float) and timeout > 0)
    return in_time and not request.path_url.strip(_SENT_AS_IT_IS)


def arrives(response: Response, request: PreparedRequest, retries: Retry) -> bool:
    """Whether an answer comes whole and at once, and is not asked for again."""
    if response.fault is not None or response.delay:
        return False
    waits = any(name.lower() == "retry-after" for name, _ in response.headers)
    return not retries.is_retry(request.method or "", response.status, waits)

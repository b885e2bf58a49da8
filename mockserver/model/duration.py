"""Read durations such as 90s, 30m, 1d12h."""

import re

from mockserver.model.errors import MockServerError

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"([0-9]{1,9}[dhms])+", re.ASCII)


def seconds_of(text: str) -> int:
    """Return the seconds of a duration. Raises MockServerError for any other text."""
    if not _DURATION.fullmatch(text):
        raise MockServerError('a duration is a text such as "90s", "30m", "1d12h"')
    return sum(int(part[:-1]) * _SECONDS[part[-1]] for part in re.findall(r"[0-9]+[dhms]", text))

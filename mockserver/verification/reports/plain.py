"""`report.json`, for programs."""

import json

from mockserver.verification.results import RunResults


def as_json(findings: RunResults) -> str:
    """`{"target", "hosts", "calls", "checks": [...]}`."""
    return json.dumps(findings.as_json(), indent=2, ensure_ascii=False) + "\n"

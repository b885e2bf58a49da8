"""`report.json`, for programs."""

import json

from mockserver.verification.findings import Findings


def as_json(findings: Findings) -> str:
    """`{"target", "hosts", "calls", "checks": [...]}`."""
    return json.dumps(findings.as_json(), indent=2, ensure_ascii=False) + "\n"

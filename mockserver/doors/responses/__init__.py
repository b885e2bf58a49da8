"""`requests`, answered in the process and in company with `responses`."""

from mockserver.doors.responses.door import Interception

__all__ = ["Interception"]

"""`requests`, answered in the process and in company with `responses`."""

from mockserver.adapters.requests.patch import Interception

__all__ = ["Interception"]

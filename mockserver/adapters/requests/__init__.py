"""`requests`, answered in the process and beside `responses`."""

from mockserver.adapters.requests.patch import Interception

__all__ = ["Interception"]

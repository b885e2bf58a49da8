"""The conformance suite for token clients: one class for Python, one command for any language."""

from mockserver.conformance.python_clients import TokenClientConformance

__all__ = ["TokenClientConformance"]

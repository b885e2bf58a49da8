"""The conformance suite for token clients: one class for Python, one command for any language."""

from mockserver.conformance.client_suite import TokenClientConformance

__all__ = ["TokenClientConformance"]

"""The conformance suite, under an import name that no other distribution has."""

from mockserver.conformance import TokenClientConformance

__all__ = ["TokenClientConformance"]

"""Clients that others published, inside a mock in the same process, unchanged."""

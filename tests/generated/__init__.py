"""Requests generated from the vendors' contracts, sent to a real server."""

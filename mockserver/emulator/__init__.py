"""The processing of one request: find its vendor and endpoint, and return the response."""

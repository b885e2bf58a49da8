"""WireMock's published clients, unchanged: each drives a running server."""

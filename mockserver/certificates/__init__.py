"""The user's certificate authority, and the certificates of a server.

This package is imported at the first TLS connection or the first request for a certificate.
"""

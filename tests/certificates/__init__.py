"""Certificates: the authority, its files, and TLS with it."""

"""Adapters: each converts the requests and responses of one library, and adds no behavior."""

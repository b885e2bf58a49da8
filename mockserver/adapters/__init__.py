"""Adapters: each converts requests and answers of one library, and holds no behavior."""

"""HTTP clients of many languages, unchanged, under `token-mockserver run`."""

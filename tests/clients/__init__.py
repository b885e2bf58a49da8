"""The vendors' own clients and the snippets of their pages, against a real server."""

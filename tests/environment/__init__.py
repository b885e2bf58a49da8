"""The environment that leads programs to a server."""

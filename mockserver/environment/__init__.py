"""The environment in which programs send requests to a running server, not to the vendors."""

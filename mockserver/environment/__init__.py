"""The environment in which any program talks to a running server instead of the vendors."""

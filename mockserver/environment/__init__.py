"""Environment variables that route the requests of programs to a running server."""

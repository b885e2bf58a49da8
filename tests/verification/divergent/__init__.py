"""Vendors that do one thing otherwise are found and named; true ones never raise anything."""

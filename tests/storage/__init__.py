"""Tests of the store protocol."""

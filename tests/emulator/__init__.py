"""Tests of a request's way to an answer."""

"""Tests of the vendors' endpoints as plain functions."""

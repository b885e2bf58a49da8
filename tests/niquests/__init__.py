"""Tests for an environment in which niquests is installed."""

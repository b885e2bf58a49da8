"""Verify judges services that play the vendors on this machine, well and badly."""

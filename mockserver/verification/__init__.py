"""Runs the contract checks against the mock or a real service, and tells what came of it."""

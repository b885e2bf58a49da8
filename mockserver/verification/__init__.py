"""Run the contract checks against the mock or a real service, judge the answers, and report."""

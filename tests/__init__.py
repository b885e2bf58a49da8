"""The harness's own tests: one folder a part."""

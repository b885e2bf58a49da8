"""`serve` beside other mock servers, at the same work; run it with `python -m benchmarks.peers`."""

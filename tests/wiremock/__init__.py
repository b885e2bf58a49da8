"""WireMock's vocabulary: matching, stub mappings, scenarios, near misses."""

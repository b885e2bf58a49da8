"""WireMock's vocabulary: request patterns, stubs, scenarios, delays and near misses."""

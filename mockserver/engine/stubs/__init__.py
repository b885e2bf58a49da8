"""Stubs in WireMock's words: answers and faults that go before the emulated vendor."""

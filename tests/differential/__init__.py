"""WireMock's dialect, compared with WireMock itself."""

"""Does a request match a pattern in WireMock's words, and if not, how far off is it?"""

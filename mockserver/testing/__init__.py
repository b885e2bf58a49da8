"""The objects that tests use: mocks and servers, with the same controls for each."""

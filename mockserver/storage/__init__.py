"""Back ends of the store protocol."""

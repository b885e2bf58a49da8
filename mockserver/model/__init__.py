"""Plain values and rules, which depend on no vendor, no server and no client."""

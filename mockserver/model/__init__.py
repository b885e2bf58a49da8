"""Plain values and rules. Knows no vendor, no server and no client."""

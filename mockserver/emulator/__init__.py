"""One request's way through the product: which vendor is meant, and what it answers."""

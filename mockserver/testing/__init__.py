"""What Python code holds: a mock, and the same controls for each kind of it."""

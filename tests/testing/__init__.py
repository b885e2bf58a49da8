"""What Python code holds: the controls, near and far."""

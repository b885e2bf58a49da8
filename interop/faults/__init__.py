"""What HTTP clients of many languages make of an answer that breaks."""

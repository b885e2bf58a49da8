"""Ways in. A door converts requests and answers; it holds no behaviour."""

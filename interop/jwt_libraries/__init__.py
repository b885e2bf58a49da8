"""JWT libraries of several languages against the tokens and the defects of this project."""

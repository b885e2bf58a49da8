"""Verdicts on token clients: rules over the requests of the journal."""

"""The package as it is installed: from its wheel, away from the repository."""

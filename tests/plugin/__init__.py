"""The pytest plugin, by running pytest inside pytest."""

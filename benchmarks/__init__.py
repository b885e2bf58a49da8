"""What it costs: printed, never asserted. `README.md` says what each part measures."""

"""Programs of others beside this project: each folder has a runner and writes into `results/`."""

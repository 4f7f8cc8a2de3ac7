"""What one stage costs in CPU time, ours and others side by side: `python -m bench.stage --help`."""

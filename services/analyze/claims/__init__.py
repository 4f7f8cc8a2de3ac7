"""What an article supports: quotes found in it, and claims checked against them. Pure; no model, no I/O."""

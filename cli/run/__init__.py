"""`diglot run`: everything on this machine, as processes of their own."""

"""`diglot eval`: the checks of the fidelity core over lines of JSON, to measure them."""

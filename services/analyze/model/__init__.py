"""The analysis engine over language models: they propose, the fidelity core decides."""

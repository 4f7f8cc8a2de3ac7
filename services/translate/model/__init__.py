"""The model translation engine: what it asks of language models, and how it asks again for what the gate refused."""

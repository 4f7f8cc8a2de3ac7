"""Faults against a chain of two stages on three Kafka nodes, and the check of what came out.

`load` says what is sent, `worker` is the process under test, `fleet` keeps the workers running, `faults` breaks things
and `driver` runs it all. `raw` and `logs` read what is left; `verifier` and `coverage` judge it.
"""

"""How faithful the product is, measured on sentences written for it: `python -m bench.quality --help`."""

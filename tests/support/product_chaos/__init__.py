"""The whole product under chaos: every part is killed while clients post; in the end all must be as accepted."""

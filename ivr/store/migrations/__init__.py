"""The schema's history, one file a step. `HEAD` is what this version needs; a test holds it to the files."""

HEAD = "0002"

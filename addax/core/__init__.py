"""The three concepts everything hangs on; see README.md in this folder."""

"""Layers; see `addax.layers`."""

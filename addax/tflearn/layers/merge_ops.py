"""Merging."""

from addax.tflearn.layers.more import merge as merge

"""Normalization."""

from addax.tflearn.layers.more import batch_normalization as batch_normalization

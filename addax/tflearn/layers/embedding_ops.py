"""Embeddings."""

from addax.tflearn.layers.more import embedding as embedding

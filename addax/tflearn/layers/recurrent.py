"""Recurrent layers."""

from addax.tflearn.layers.more import gru as gru
from addax.tflearn.layers.more import lstm as lstm

"""Models and weights in files; each format is one module."""

from addax.io.files import load_model as load_model
from addax.io.files import load_weights as load_weights
from addax.io.files import save_model as save_model
from addax.io.files import save_weights as save_weights

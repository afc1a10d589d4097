"""Models: functional, sequential and subclassed; saving, cloning and summaries of them."""

from addax.io import load_model as load_model
from addax.io import save_model as save_model
from addax.models.clone import clone_model as clone_model
from addax.models.json_config import model_from_config as model_from_config
from addax.models.json_config import model_from_json as model_from_json
from addax.models.model import Model as Model
from addax.models.sequential import Sequential as Sequential

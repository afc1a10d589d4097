"""The functions of `keras.backend`, the `K` of Keras 2, over `addax.ops`."""

from addax import ops
from addax.backend import functions as _functions
from addax.backend import names as _names
from addax.backend.renamed import renamed_op as _renamed_op
from addax.backend.state import clear_session as clear_session
from addax.backend.state import learning_phase as learning_phase
from addax.backend.state import set_learning_phase as set_learning_phase
from addax.config import epsilon as epsilon
from addax.config import floatx as floatx
from addax.config import image_data_format as image_data_format
from addax.config import set_epsilon as set_epsilon
from addax.config import set_floatx as set_floatx
from addax.config import set_image_data_format as set_image_data_format
from addax.core.variable import get_uid as get_uid
from addax.core.variable import name_scope as name_scope
from addax.core.variable import reset_names as reset_uids

_OWN = """backend batch_dot batch_flatten batch_get_value batch_set_value bias_add
binary_crossentropy categorical_crossentropy constant count_params dropout dtype eval function
get_value int_shape is_keras_tensor l2_normalize ndim placeholder random_normal random_uniform
random_uniform_variable relu repeat rnn set_value sparse_categorical_crossentropy switch update
update_add update_sub variable"""

for _name in _OWN.split():
    globals()[_name] = getattr(_functions, _name)
for _name, (_op, _parameters) in _names.OPS.items():
    globals()[_name] = _renamed_op(f"backend.{_name}", getattr(ops, _op), _parameters)

__all__ = [
    *("clear_session epsilon floatx get_uid image_data_format learning_phase name_scope").split(),
    *("reset_uids set_epsilon set_floatx set_image_data_format set_learning_phase").split(),
    *_OWN.split(),
    *_names.OPS,
]

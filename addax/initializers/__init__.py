"""Initializers of weights: `addax.initializers`."""

from functools import partial

from addax.core import registry
from addax.initializers.base import Initializer as Initializer
from addax.initializers.base import RandomInitializer as RandomInitializer
from addax.initializers.constant import STFT as STFT
from addax.initializers.constant import Constant as Constant
from addax.initializers.constant import Identity as Identity
from addax.initializers.constant import Ones as Ones
from addax.initializers.constant import Zeros as Zeros
from addax.initializers.random import Orthogonal as Orthogonal
from addax.initializers.random import RandomNormal as RandomNormal
from addax.initializers.random import RandomUniform as RandomUniform
from addax.initializers.random import TruncatedNormal as TruncatedNormal
from addax.initializers.scaling import GlorotNormal as GlorotNormal
from addax.initializers.scaling import GlorotUniform as GlorotUniform
from addax.initializers.scaling import HeNormal as HeNormal
from addax.initializers.scaling import HeUniform as HeUniform
from addax.initializers.scaling import LecunNormal as LecunNormal
from addax.initializers.scaling import LecunUniform as LecunUniform
from addax.initializers.scaling import VarianceScaling as VarianceScaling
from addax.initializers.scaling import compute_fans as compute_fans

get = partial(registry.get, "initializers")
serialize = registry.serialize
deserialize = partial(registry.deserialize, kind="initializers")

# the names that Keras 2 used for the classes, and Keras 3 keeps
IdentityInitializer = identity = Identity
OrthogonalInitializer = orthogonal = Orthogonal
STFTInitializer = stft = STFT
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
random_normal = normal = RandomNormal
random_uniform = uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

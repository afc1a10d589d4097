"""`optimizers.legacy` of Keras 2: the same optimizers, which take its arguments too."""

from addax.optimizers.adadelta import Adadelta as Adadelta
from addax.optimizers.adagrad import Adagrad as Adagrad
from addax.optimizers.adam import Adam as Adam
from addax.optimizers.adamax import Adamax as Adamax
from addax.optimizers.base import Optimizer as Optimizer
from addax.optimizers.ftrl import Ftrl as Ftrl
from addax.optimizers.nadam import Nadam as Nadam
from addax.optimizers.rmsprop import RMSprop as RMSprop
from addax.optimizers.sgd import SGD as SGD

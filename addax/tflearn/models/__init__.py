"""Models: `DNN`."""

from addax.tflearn.models.dnn import DNN as DNN

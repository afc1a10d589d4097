"""The API of TFLearn: networks from functions, trained by `DNN`.

    net = tflearn.input_data(shape=[None, 2])
    net = tflearn.fully_connected(net, 1, activation="sigmoid")
    net = tflearn.regression(net, optimizer="sgd", learning_rate=2, loss="mean_square")
    model = tflearn.DNN(net)
    model.fit([[0, 0], [0, 1]], [[0], [1]], n_epoch=100)

Names and defaults are TFLearn's; the layers are Addax' own.
"""

from __future__ import annotations

from addax.tflearn import activations as activations
from addax.tflearn import config as config
from addax.tflearn import data_augmentation as data_augmentation
from addax.tflearn import data_preprocessing as data_preprocessing
from addax.tflearn import data_utils as data_utils
from addax.tflearn import initializations as initializations
from addax.tflearn import layers as layers
from addax.tflearn import metrics as metrics
from addax.tflearn import models as models
from addax.tflearn import objectives as objectives
from addax.tflearn import optimizers as optimizers
from addax.tflearn import regularizers as regularizers
from addax.tflearn.activations import elu as elu
from addax.tflearn.activations import leaky_relu as leaky_relu
from addax.tflearn.activations import linear as linear
from addax.tflearn.activations import prelu as prelu
from addax.tflearn.activations import relu as relu
from addax.tflearn.activations import sigmoid as sigmoid
from addax.tflearn.activations import softmax as softmax
from addax.tflearn.activations import tanh as tanh
from addax.tflearn.config import init_graph as init_graph
from addax.tflearn.data_augmentation import DataAugmentation as DataAugmentation
from addax.tflearn.data_augmentation import ImageAugmentation as ImageAugmentation
from addax.tflearn.data_preprocessing import DataPreprocessing as DataPreprocessing
from addax.tflearn.data_preprocessing import ImagePreprocessing as ImagePreprocessing
from addax.tflearn.layers import activation as activation
from addax.tflearn.layers import avg_pool_2d as avg_pool_2d
from addax.tflearn.layers import batch_normalization as batch_normalization
from addax.tflearn.layers import conv_2d as conv_2d
from addax.tflearn.layers import dropout as dropout
from addax.tflearn.layers import embedding as embedding
from addax.tflearn.layers import flatten as flatten
from addax.tflearn.layers import fully_connected as fully_connected
from addax.tflearn.layers import global_avg_pool as global_avg_pool
from addax.tflearn.layers import gru as gru
from addax.tflearn.layers import input_data as input_data
from addax.tflearn.layers import lstm as lstm
from addax.tflearn.layers import max_pool_2d as max_pool_2d
from addax.tflearn.layers import merge as merge
from addax.tflearn.layers import regression as regression
from addax.tflearn.layers import reshape as reshape
from addax.tflearn.models import DNN as DNN
from addax.tflearn.optimizers import SGD as SGD
from addax.tflearn.optimizers import AdaDelta as AdaDelta
from addax.tflearn.optimizers import AdaGrad as AdaGrad
from addax.tflearn.optimizers import Adam as Adam
from addax.tflearn.optimizers import Momentum as Momentum
from addax.tflearn.optimizers import Nesterov as Nesterov
from addax.tflearn.optimizers import RMSProp as RMSProp

"""Layers: what models are made of."""

from addax.layers.activation.activation import Activation as Activation
from addax.layers.base import Layer as Layer
from addax.layers.conv.conv1d import Conv1D as Conv1D
from addax.layers.conv.conv2d import Conv2D as Conv2D
from addax.layers.conv.conv3d import Conv3D as Conv3D
from addax.layers.core.dense import Dense as Dense
from addax.layers.core.embedding import Embedding as Embedding
from addax.layers.core.input import Input as Input
from addax.layers.core.input import InputLayer as InputLayer
from addax.layers.input_spec import InputSpec as InputSpec
from addax.layers.merge.add import Add as Add
from addax.layers.merge.add import add as add
from addax.layers.merge.average import Average as Average
from addax.layers.merge.average import average as average
from addax.layers.merge.concatenate import Concatenate as Concatenate
from addax.layers.merge.concatenate import concatenate as concatenate
from addax.layers.merge.maximum import Maximum as Maximum
from addax.layers.merge.maximum import maximum as maximum
from addax.layers.merge.minimum import Minimum as Minimum
from addax.layers.merge.minimum import minimum as minimum
from addax.layers.merge.multiply import Multiply as Multiply
from addax.layers.merge.multiply import multiply as multiply
from addax.layers.merge.subtract import Subtract as Subtract
from addax.layers.merge.subtract import subtract as subtract
from addax.layers.norm.batch_normalization import BatchNormalization as BatchNormalization
from addax.layers.pooling.global_average_pooling2d import (
    GlobalAveragePooling2D as GlobalAveragePooling2D,
)
from addax.layers.pooling.max_pooling2d import MaxPooling2D as MaxPooling2D
from addax.layers.preprocessing.normalization import Normalization as Normalization
from addax.layers.recurrent.gru import GRU as GRU
from addax.layers.recurrent.gru_cell import GRUCell as GRUCell
from addax.layers.recurrent.lstm import LSTM as LSTM
from addax.layers.recurrent.lstm_cell import LSTMCell as LSTMCell
from addax.layers.recurrent.rnn import RNN as RNN
from addax.layers.recurrent.simple_rnn import SimpleRNN as SimpleRNN
from addax.layers.recurrent.simple_rnn_cell import SimpleRNNCell as SimpleRNNCell
from addax.layers.recurrent.stacked_cells import StackedRNNCells as StackedRNNCells
from addax.layers.regularization.dropout import Dropout as Dropout
from addax.layers.reshape.flatten import Flatten as Flatten
from addax.layers.reshape.reshape import Reshape as Reshape

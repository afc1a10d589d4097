"""Layers: what models are made of."""

from addax.layers.activation.activation import Activation as Activation
from addax.layers.activation.elu import ELU as ELU
from addax.layers.activation.leaky_relu import LeakyReLU as LeakyReLU
from addax.layers.activation.prelu import PReLU as PReLU
from addax.layers.activation.relu import ReLU as ReLU
from addax.layers.activation.softmax import Softmax as Softmax
from addax.layers.activation.thresholded_relu import ThresholdedReLU as ThresholdedReLU
from addax.layers.attention.additive_attention import AdditiveAttention as AdditiveAttention
from addax.layers.attention.attention import Attention as Attention
from addax.layers.attention.group_query_attention import GroupQueryAttention as GroupQueryAttention
from addax.layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from addax.layers.base import Layer as Layer
from addax.layers.conv.conv1d import Conv1D as Conv1D
from addax.layers.conv.conv1d_transpose import Conv1DTranspose as Conv1DTranspose
from addax.layers.conv.conv2d import Conv2D as Conv2D
from addax.layers.conv.conv2d_transpose import Conv2DTranspose as Conv2DTranspose
from addax.layers.conv.conv3d import Conv3D as Conv3D
from addax.layers.conv.conv3d_transpose import Conv3DTranspose as Conv3DTranspose
from addax.layers.conv.depthwise_conv1d import DepthwiseConv1D as DepthwiseConv1D
from addax.layers.conv.depthwise_conv2d import DepthwiseConv2D as DepthwiseConv2D
from addax.layers.conv.locally_connected1d import LocallyConnected1D as LocallyConnected1D
from addax.layers.conv.locally_connected2d import LocallyConnected2D as LocallyConnected2D
from addax.layers.conv.separable_conv1d import SeparableConv1D as SeparableConv1D
from addax.layers.conv.separable_conv2d import SeparableConv2D as SeparableConv2D
from addax.layers.core.dense import Dense as Dense
from addax.layers.core.einsum_dense import EinsumDense as EinsumDense
from addax.layers.core.embedding import Embedding as Embedding
from addax.layers.core.flax_layer import FlaxLayer as FlaxLayer
from addax.layers.core.identity import Identity as Identity
from addax.layers.core.input import Input as Input
from addax.layers.core.input import InputLayer as InputLayer
from addax.layers.core.jax_layer import JaxLayer as JaxLayer
from addax.layers.core.lambda_layer import Lambda as Lambda
from addax.layers.core.masking import Masking as Masking
from addax.layers.core.reversible_embedding import ReversibleEmbedding as ReversibleEmbedding
from addax.layers.core.tfsm_layer import TFSMLayer as TFSMLayer
from addax.layers.core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper
from addax.layers.core.wrapper import Wrapper as Wrapper
from addax.layers.input_spec import InputSpec as InputSpec
from addax.layers.merge.add import Add as Add
from addax.layers.merge.add import add as add
from addax.layers.merge.average import Average as Average
from addax.layers.merge.average import average as average
from addax.layers.merge.concatenate import Concatenate as Concatenate
from addax.layers.merge.concatenate import concatenate as concatenate
from addax.layers.merge.dot import Dot as Dot
from addax.layers.merge.dot import dot as dot
from addax.layers.merge.maximum import Maximum as Maximum
from addax.layers.merge.maximum import maximum as maximum
from addax.layers.merge.minimum import Minimum as Minimum
from addax.layers.merge.minimum import minimum as minimum
from addax.layers.merge.multiply import Multiply as Multiply
from addax.layers.merge.multiply import multiply as multiply
from addax.layers.merge.subtract import Subtract as Subtract
from addax.layers.merge.subtract import subtract as subtract
from addax.layers.norm.batch_normalization import BatchNormalization as BatchNormalization
from addax.layers.norm.group_normalization import GroupNormalization as GroupNormalization
from addax.layers.norm.layer_normalization import LayerNormalization as LayerNormalization
from addax.layers.norm.rms_normalization import RMSNormalization as RMSNormalization
from addax.layers.norm.spectral_normalization import SpectralNormalization as SpectralNormalization
from addax.layers.norm.unit_normalization import UnitNormalization as UnitNormalization
from addax.layers.pooling.adaptive_average_pooling1d import (
    AdaptiveAveragePooling1D as AdaptiveAveragePooling1D,
)
from addax.layers.pooling.adaptive_average_pooling2d import (
    AdaptiveAveragePooling2D as AdaptiveAveragePooling2D,
)
from addax.layers.pooling.adaptive_average_pooling3d import (
    AdaptiveAveragePooling3D as AdaptiveAveragePooling3D,
)
from addax.layers.pooling.adaptive_max_pooling1d import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from addax.layers.pooling.adaptive_max_pooling2d import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from addax.layers.pooling.adaptive_max_pooling3d import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from addax.layers.pooling.average_pooling1d import AveragePooling1D as AveragePooling1D
from addax.layers.pooling.average_pooling2d import AveragePooling2D as AveragePooling2D
from addax.layers.pooling.average_pooling3d import AveragePooling3D as AveragePooling3D
from addax.layers.pooling.global_average_pooling1d import (
    GlobalAveragePooling1D as GlobalAveragePooling1D,
)
from addax.layers.pooling.global_average_pooling2d import (
    GlobalAveragePooling2D as GlobalAveragePooling2D,
)
from addax.layers.pooling.global_average_pooling3d import (
    GlobalAveragePooling3D as GlobalAveragePooling3D,
)
from addax.layers.pooling.global_max_pooling1d import GlobalMaxPooling1D as GlobalMaxPooling1D
from addax.layers.pooling.global_max_pooling2d import GlobalMaxPooling2D as GlobalMaxPooling2D
from addax.layers.pooling.global_max_pooling3d import GlobalMaxPooling3D as GlobalMaxPooling3D
from addax.layers.pooling.max_pooling1d import MaxPooling1D as MaxPooling1D
from addax.layers.pooling.max_pooling2d import MaxPooling2D as MaxPooling2D
from addax.layers.pooling.max_pooling3d import MaxPooling3D as MaxPooling3D
from addax.layers.preprocessing.aug_mix import AugMix as AugMix
from addax.layers.preprocessing.auto_contrast import AutoContrast as AutoContrast
from addax.layers.preprocessing.category_encoding import CategoryEncoding as CategoryEncoding
from addax.layers.preprocessing.center_crop import CenterCrop as CenterCrop
from addax.layers.preprocessing.contrast_limited_equalization import (
    ContrastLimitedAdaptiveHistogramEqualization as ContrastLimitedAdaptiveHistogramEqualization,
)
from addax.layers.preprocessing.cut_mix import CutMix as CutMix
from addax.layers.preprocessing.discretization import Discretization as Discretization
from addax.layers.preprocessing.equalization import Equalization as Equalization
from addax.layers.preprocessing.hashed_crossing import HashedCrossing as HashedCrossing
from addax.layers.preprocessing.hashing import Hashing as Hashing
from addax.layers.preprocessing.integer_lookup import IntegerLookup as IntegerLookup
from addax.layers.preprocessing.max_num_bounding_boxes import (
    MaxNumBoundingBoxes as MaxNumBoundingBoxes,
)
from addax.layers.preprocessing.mel_spectrogram import MelSpectrogram as MelSpectrogram
from addax.layers.preprocessing.mix_up import MixUp as MixUp
from addax.layers.preprocessing.normalization import Normalization as Normalization
from addax.layers.preprocessing.pipeline import Pipeline as Pipeline
from addax.layers.preprocessing.rand_augment import RandAugment as RandAugment
from addax.layers.preprocessing.random_brightness import RandomBrightness as RandomBrightness
from addax.layers.preprocessing.random_color_degeneration import (
    RandomColorDegeneration as RandomColorDegeneration,
)
from addax.layers.preprocessing.random_color_jitter import RandomColorJitter as RandomColorJitter
from addax.layers.preprocessing.random_contrast import RandomContrast as RandomContrast
from addax.layers.preprocessing.random_crop import RandomCrop as RandomCrop
from addax.layers.preprocessing.random_elastic_transform import (
    RandomElasticTransform as RandomElasticTransform,
)
from addax.layers.preprocessing.random_erasing import RandomErasing as RandomErasing
from addax.layers.preprocessing.random_flip import RandomFlip as RandomFlip
from addax.layers.preprocessing.random_gaussian_blur import RandomGaussianBlur as RandomGaussianBlur
from addax.layers.preprocessing.random_grayscale import RandomGrayscale as RandomGrayscale
from addax.layers.preprocessing.random_hue import RandomHue as RandomHue
from addax.layers.preprocessing.random_invert import RandomInvert as RandomInvert
from addax.layers.preprocessing.random_perspective import RandomPerspective as RandomPerspective
from addax.layers.preprocessing.random_posterization import (
    RandomPosterization as RandomPosterization,
)
from addax.layers.preprocessing.random_rotation import RandomRotation as RandomRotation
from addax.layers.preprocessing.random_saturation import RandomSaturation as RandomSaturation
from addax.layers.preprocessing.random_sharpness import RandomSharpness as RandomSharpness
from addax.layers.preprocessing.random_shear import RandomShear as RandomShear
from addax.layers.preprocessing.random_translation import RandomTranslation as RandomTranslation
from addax.layers.preprocessing.random_zoom import RandomZoom as RandomZoom
from addax.layers.preprocessing.rescaling import Rescaling as Rescaling
from addax.layers.preprocessing.resizing import Resizing as Resizing
from addax.layers.preprocessing.solarization import Solarization as Solarization
from addax.layers.preprocessing.stft_spectrogram import STFTSpectrogram as STFTSpectrogram
from addax.layers.preprocessing.string_lookup import StringLookup as StringLookup
from addax.layers.preprocessing.text_vectorization import TextVectorization as TextVectorization
from addax.layers.recurrent.bidirectional import Bidirectional as Bidirectional
from addax.layers.recurrent.conv_lstm1d import ConvLSTM1D as ConvLSTM1D
from addax.layers.recurrent.conv_lstm2d import ConvLSTM2D as ConvLSTM2D
from addax.layers.recurrent.conv_lstm3d import ConvLSTM3D as ConvLSTM3D
from addax.layers.recurrent.conv_lstm_cell import ConvLSTM1DCell as ConvLSTM1DCell
from addax.layers.recurrent.conv_lstm_cell import ConvLSTM2DCell as ConvLSTM2DCell
from addax.layers.recurrent.conv_lstm_cell import ConvLSTM3DCell as ConvLSTM3DCell
from addax.layers.recurrent.gru import GRU as GRU
from addax.layers.recurrent.gru_cell import GRUCell as GRUCell
from addax.layers.recurrent.lstm import LSTM as LSTM
from addax.layers.recurrent.lstm_cell import LSTMCell as LSTMCell
from addax.layers.recurrent.rnn import RNN as RNN
from addax.layers.recurrent.simple_rnn import SimpleRNN as SimpleRNN
from addax.layers.recurrent.simple_rnn_cell import SimpleRNNCell as SimpleRNNCell
from addax.layers.recurrent.stacked_cells import StackedRNNCells as StackedRNNCells
from addax.layers.recurrent.time_distributed import TimeDistributed as TimeDistributed
from addax.layers.regularization.activity_regularization import (
    ActivityRegularization as ActivityRegularization,
)
from addax.layers.regularization.alpha_dropout import AlphaDropout as AlphaDropout
from addax.layers.regularization.dropout import Dropout as Dropout
from addax.layers.regularization.gaussian_dropout import GaussianDropout as GaussianDropout
from addax.layers.regularization.gaussian_noise import GaussianNoise as GaussianNoise
from addax.layers.regularization.spatial_dropout1d import SpatialDropout1D as SpatialDropout1D
from addax.layers.regularization.spatial_dropout2d import SpatialDropout2D as SpatialDropout2D
from addax.layers.regularization.spatial_dropout3d import SpatialDropout3D as SpatialDropout3D
from addax.layers.reshape.cropping1d import Cropping1D as Cropping1D
from addax.layers.reshape.cropping2d import Cropping2D as Cropping2D
from addax.layers.reshape.cropping3d import Cropping3D as Cropping3D
from addax.layers.reshape.flatten import Flatten as Flatten
from addax.layers.reshape.permute import Permute as Permute
from addax.layers.reshape.repeat_vector import RepeatVector as RepeatVector
from addax.layers.reshape.reshape import Reshape as Reshape
from addax.layers.reshape.up_sampling1d import UpSampling1D as UpSampling1D
from addax.layers.reshape.up_sampling2d import UpSampling2D as UpSampling2D
from addax.layers.reshape.up_sampling3d import UpSampling3D as UpSampling3D
from addax.layers.reshape.zero_padding1d import ZeroPadding1D as ZeroPadding1D
from addax.layers.reshape.zero_padding2d import ZeroPadding2D as ZeroPadding2D
from addax.layers.reshape.zero_padding3d import ZeroPadding3D as ZeroPadding3D
from addax.layers.serialization import deserialize as deserialize
from addax.layers.serialization import serialize as serialize

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
Convolution1D = Conv1D
Convolution1DTranspose = Conv1DTranspose
Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
Convolution3D = Conv3D
Convolution3DTranspose = Conv3DTranspose
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GroupedQueryAttention = GroupQueryAttention
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D

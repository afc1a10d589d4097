"""Every layer against Keras: outputs, gradients, weights, configs and shapes."""

import numpy as np
import pytest

from tests.layers.parity import Case, check

# Keras reads its own variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

IMAGE = (2, 6, 6, 4)
SEQUENCE = (3, 5, 4)
MASK = np.array(
    [[True, True, True, True, True], [True, True, False, True, False], [False] * 4 + [True]]
)
QUERY_MASK = np.array([[True, True, False], [True, False, True]])
VALUE_MASK = np.array([[True, True, False, True, True], [True, False, True, True, False]])
PAIR = [(3, 4), (3, 4)]


def double(x):
    return x * 2


CORE = [
    Case("Dense", (5,)),
    Case("Dense", (5,), kwargs={"activation": "softmax", "use_bias": False}),
    Case("Dense", (5,), SEQUENCE, kwargs={"activation": "relu", "activity_regularizer": "l2"}),
    Case("Activation", ("tanh",)),
    Case("Dropout", (0.3,), random=True),
    Case("Dropout", (0.0,), random=False),
    Case("Flatten", (), IMAGE),
    Case("Flatten", (), IMAGE, {"data_format": "channels_first"}),
    Case("Reshape", ((2, -1),), (3, 8)),
    Case("Embedding", (10, 4), (3, 5), high=10),
    Case("Embedding", (10, 4), (3, 5), {"mask_zero": True}, high=10),
]
NORM = [
    Case("BatchNormalization", (), (6, 4)),
    Case("BatchNormalization", (), IMAGE, {"momentum": 0.5, "epsilon": 1e-2}),
    Case("BatchNormalization", (), IMAGE, {"axis": 1, "center": False, "scale": False}),
    Case("Normalization", (), kwargs={"mean": 1.0, "variance": 4.0}),
    Case("Normalization", (), kwargs={"mean": [1.0, 2, 3, 4], "variance": [4.0, 1, 1, 2]}),
    Case("Normalization", (), kwargs={"axis": None, "mean": 1, "variance": 2, "invert": True}),
]
MERGE = [
    *[
        Case(name, (), shapes)
        for name in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract")
        for shapes in (PAIR, [(3, 2, 4), (3, 1, 4)], [(3, 4, 2), (3, 2)])
    ],
    Case("Add", (), [(3, 4)] * 3),
    Case("Concatenate", (), [(3, 4), (3, 2)]),
    Case("Concatenate", (), [(3, 4, 2), (3, 1, 2), (3, 2, 2)], {"axis": 1}),
]
VOLUME = (2, 4, 4, 4, 2)
CONV = [
    Case("Conv2D", (3, 3), IMAGE),
    Case("Conv2D", (4, (3, 2)), IMAGE, {"strides": 2, "padding": "same", "activation": "relu"}),
    Case("Conv2D", (4, 2), IMAGE, {"groups": 2, "use_bias": False}),
    Case("Conv2D", (4, 2), IMAGE, {"data_format": "channels_first", "dilation_rate": 2}),
    Case("Conv1D", (3, 2), SEQUENCE, {"padding": "causal", "dilation_rate": 2}),
    Case("Conv1D", (3, 2), SEQUENCE, {"strides": 2}),
    Case("Conv3D", (3, 2), VOLUME, {"padding": "same"}),
    Case("Conv1DTranspose", (3, 3), SEQUENCE, {"strides": 2}),
    Case("Conv2DTranspose", (3, 3), IMAGE, {"strides": 2, "padding": "same"}),
    Case("Conv2DTranspose", (3, 3), IMAGE, {"strides": 2, "output_padding": 1}),
    Case("Conv3DTranspose", (3, 2), VOLUME, {"strides": 2}),
    Case("DepthwiseConv1D", (3,), SEQUENCE, {"depth_multiplier": 2}),
    Case("DepthwiseConv2D", (3,), IMAGE, {"padding": "same", "activation": "tanh"}),
    Case("SeparableConv1D", (3, 2), SEQUENCE, {"padding": "same"}),
    Case("SeparableConv2D", (3, 3), IMAGE, {"strides": 2, "depth_multiplier": 2}),
]
POOL = [
    Case("MaxPooling1D", (), SEQUENCE),
    Case("MaxPooling2D", (), IMAGE),
    Case("MaxPooling2D", (3,), (2, 7, 7, 2), {"strides": 2, "padding": "same"}),
    Case("MaxPooling3D", (), VOLUME),
    Case("AveragePooling1D", (2,), SEQUENCE, {"padding": "same"}),
    Case("AveragePooling2D", (2,), IMAGE, {"data_format": "channels_first"}),
    Case("AveragePooling3D", (2,), VOLUME),
    *[
        Case(f"Global{kind}Pooling{rank}D", (), shape, {"keepdims": rank == 2})
        for kind in ("Max", "Average")
        for rank, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME))
    ],
    Case("GlobalAveragePooling1D", (), SEQUENCE, call={"mask": MASK}),
    *[
        Case(f"Adaptive{kind}Pooling{rank}D", (size,), shape, {"data_format": layout})
        for kind in ("Max", "Average")
        for rank, size, shape in ((1, 2, SEQUENCE), (2, (2, 3), (2, 7, 8, 3)), (3, 3, VOLUME))
        for layout in ("channels_last", "channels_first")[: 2 if rank == 2 else 1]
    ],
]
RECURRENT = [
    *[Case(name, (4,), SEQUENCE) for name in ("LSTM", "GRU", "SimpleRNN")],
    *[
        Case(name, (4,), SEQUENCE, {"return_sequences": True, "return_state": True, **more})
        for name, more in (
            ("LSTM", {"go_backwards": True}),
            ("GRU", {"unroll": True}),
            ("SimpleRNN", {"use_bias": False}),
        )
    ],
    *[
        Case(name, (4,), SEQUENCE, {"return_sequences": True, **more}, call={"mask": MASK})
        for name, more in (
            ("LSTM", {"zero_output_for_mask": True}),
            ("GRU", {"go_backwards": True}),
            ("SimpleRNN", {}),
        )
    ],
    Case("GRU", (4,), SEQUENCE, {"reset_after": False}),
    Case("LSTM", (4,), SEQUENCE, {"recurrent_activation": "relu", "unit_forget_bias": False}),
    Case("LSTM", (4,), SEQUENCE, {"dropout": 0.3, "recurrent_dropout": 0.2}, random=True),
    Case("LSTM", (4,), SEQUENCE, call={"initial_state": [np.ones((3, 4), "float32")] * 2}),
    Case("RNN", (), SEQUENCE, make=lambda m: m.RNN([m.LSTMCell(4), m.GRUCell(3)])),
    Case("RNN", (), SEQUENCE, make=lambda m: m.RNN(m.SimpleRNNCell(4), return_sequences=True)),
    *[
        Case("Bidirectional", (), SEQUENCE, make=lambda m, mode=mode: m.Bidirectional(
            m.LSTM(3, return_sequences=mode != "ave"), merge_mode=mode))
        for mode in ("concat", "sum", "mul", "ave", None)
    ],
    Case("Bidirectional", (), SEQUENCE, call={"mask": MASK}, make=lambda m: m.Bidirectional(
        m.GRU(3, return_state=True))),
    Case("TimeDistributed", (), SEQUENCE, make=lambda m: m.TimeDistributed(m.Dense(3))),
    Case("TimeDistributed", (), (2, 3, 6, 6, 2),
         make=lambda m: m.TimeDistributed(m.Conv2D(3, 3)), config=False),
]  # fmt: skip
CELLS = [
    Case(name, (4,), (3, 5), call={"states": [np.ones((3, 4), "float32")] * count}, **more)
    for name, count, more in (
        ("LSTMCell", 2, {}),
        ("GRUCell", 1, {}),
        ("GRUCell", 1, {"kwargs": {"reset_after": False, "use_bias": False}}),
        ("SimpleRNNCell", 1, {"config": False}),
    )
]
SHAPES = [
    Case("Permute", ((2, 1),), SEQUENCE),
    Case("RepeatVector", (3,)),
    Case("Masking", (), SEQUENCE),
    Case("Dot", (1,), PAIR),
    Case("Dot", ((2, 1),), [(3, 2, 4), (3, 4, 5)], {"normalize": True}),
    Case("Dot", (-1,), [(3, 2, 4), (3, 4)]),
    *[
        Case(f"{kind}{rank}D", (size,), shape)
        for kind, size in (("ZeroPadding", 1), ("Cropping", 1), ("UpSampling", 2))
        for rank, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME))
    ],
    Case("ZeroPadding2D", (((1, 2), (0, 3)),), IMAGE, {"data_format": "channels_first"}),
    Case("UpSampling2D", ((2, 3),), IMAGE, {"interpolation": "bilinear"}),
    Case("Identity"),
    Case(
        "EinsumDense", ("abc,cd->abd", (None, 5)), SEQUENCE, {"bias_axes": "d"}, output_shape=False
    ),
    Case("EinsumDense", ("...x,xy->...y", 5), SEQUENCE, {"activation": "relu"}),
    Case(
        "EinsumDense",
        ("abc,cde->abde", (None, 2, 3)),
        SEQUENCE,
        {"bias_axes": "de"},
        output_shape=False,
    ),
]
OTHER_NORMS = [
    Case("LayerNormalization", (), SEQUENCE),
    Case("LayerNormalization", (), SEQUENCE, {"axis": [1, 2], "center": False}),
    Case("GroupNormalization", (2,), IMAGE),
    Case("GroupNormalization", (-1,), IMAGE, {"scale": False}, config=False),
    Case("GroupNormalization", (3,), IMAGE, {"axis": 1}),
    Case("RMSNormalization", (), SEQUENCE),
    Case("UnitNormalization", (), SEQUENCE, {"axis": [1, 2]}),
]
ACTIVATIONS = [
    Case("LeakyReLU"),
    Case("PReLU", (), IMAGE, {"shared_axes": [1, 2]}),
    Case("ELU", (0.5,)),
    Case("ReLU", (), kwargs={"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}),
    Case("Softmax"),
    Case("Softmax", ([1, 2],), SEQUENCE),
    Case("Softmax", (), call={"mask": np.array([[True, True, False, True]] * 3)}),
]
NOISE = [
    Case("GaussianNoise", (0.1,), random=True),
    Case("GaussianDropout", (0.1,), random=True),
    Case("AlphaDropout", (0.1,), random=True),
    Case("SpatialDropout1D", (0.1,), SEQUENCE, random=True),
    Case("SpatialDropout2D", (0.1,), IMAGE, random=True),
    Case("SpatialDropout3D", (0.1,), VOLUME, random=True),
    Case("ActivityRegularization", (), kwargs={"l1": 0.1, "l2": 0.2}),
]
HEADS = [(2, 3, 4), (2, 5, 4)]
ATTENTION = [
    Case("Attention", (), HEADS),
    Case("Attention", (), [*HEADS, (2, 5, 4)], {"use_scale": True, "score_mode": "concat"}),
    Case("Attention", (), HEADS, call={"use_causal_mask": True, "return_attention_scores": True}),
    Case("Attention", (), HEADS, call={"mask": [QUERY_MASK, VALUE_MASK]}),
    Case("AdditiveAttention", (), HEADS),
    Case("AdditiveAttention", (), HEADS, {"use_scale": False}, call={"mask": [None, VALUE_MASK]}),
    Case("MultiHeadAttention", (2, 3), HEADS, spread=True),
    Case("MultiHeadAttention", (2, 3), [*HEADS, (2, 5, 6)],
         {"value_dim": 3, "use_bias": False, "output_shape": 7}, spread=True),
    Case("MultiHeadAttention", (2, 3), [(2, 4, 5, 3), (2, 4, 5, 3)],
         {"attention_axes": 2}, spread=True),
    Case("MultiHeadAttention", (2, 3), HEADS, spread=True,
         call={"query_mask": QUERY_MASK, "value_mask": VALUE_MASK, "use_causal_mask": True,
               "return_attention_scores": True}, output_shape=False),
    Case("GroupQueryAttention", (3, 4, 2), HEADS, spread=True),
]  # fmt: skip
SOUND = (2, 80, 2)
MORE = [
    *[
        Case("STFTSpectrogram", (mode, 16), SOUND, more, tolerance=1e-3)
        for mode, more in (
            ("log", {"expand_dims": True}),
            ("magnitude", {"window": None, "scaling": "spectrum"}),
            ("psd", {"padding": "same", "fft_length": 32}),
            ("real", {"frame_step": 4, "periodic": True}),
            ("imag", {"fft_length": 16}),
            ("stft", {"scaling": None}),
        )
    ],
    Case("STFTSpectrogram", ("angle", 16), (2, 2, 80), {"data_format": "channels_first"},
         tolerance=1e-2),
    Case("MelSpectrogram", (32, 8), (2, 100), {"num_mel_bins": 5, "sampling_rate": 2000},
         tolerance=1e-3),
    Case("MelSpectrogram", (32, 8, 20), (2, 100), {"num_mel_bins": 5, "power_to_db": False,
         "mag_exp": 1.0, "max_freq": 6000.0}, tolerance=1e-3),
    Case("ReversibleEmbedding", (10, 4), (3, 5), high=10),
    Case("ReversibleEmbedding", (10, 4), (3, 5, 4), {"tie_weights": False, "logit_soft_cap": 2.0},
         call={"reverse": True}, config=False),
    Case("ConvLSTM3D", (2, 2), (2, 2, 3, 3, 3, 2)),
    Case("Lambda", (), make=lambda m: m.Lambda(double), config=False),
    Case("ConvLSTM1D", (3, 3), (2, 3, 6, 2), {"return_sequences": True}),
    Case("ConvLSTM2D", (3, 3), (2, 3, 6, 6, 2), {"strides": 2, "padding": "same"}),
    Case("ConvLSTM2D", (2, 2), (2, 3, 2, 5, 5), {"data_format": "channels_first"}),
    Case("SpectralNormalization", (), (3, 4), random=True,
         make=lambda m: m.SpectralNormalization(m.Dense(5))),
]  # fmt: skip
TABLE = [
    *CORE, *NORM, *MERGE, *CONV, *POOL, *RECURRENT, *CELLS, *SHAPES, *OTHER_NORMS,
    *ACTIVATIONS, *NOISE, *ATTENTION, *MORE,
]  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.label)
def test_layer_matches_keras(case):
    check(case)

"""Functions of tensors: `addax.ops`, with the names of `keras.ops`."""

from addax.ops import image as image
from addax.ops import linalg as linalg
from addax.ops import nn as nn
from addax.ops import numpy as numpy
from addax.ops import operators as operators
from addax.ops.activation import mish as mish
from addax.ops.arrange import rearrange as rearrange
from addax.ops.control import jvp as jvp
from addax.ops.core import *  # noqa: F403
from addax.ops.encoding import in_top_k as in_top_k
from addax.ops.encoding import segment_max as segment_max
from addax.ops.encoding import segment_min as segment_min
from addax.ops.encoding import segment_prod as segment_prod
from addax.ops.encoding import segment_sum as segment_sum
from addax.ops.encoding import top_k as top_k
from addax.ops.fourier import extract_sequences as extract_sequences
from addax.ops.fourier import fft as fft
from addax.ops.fourier import fft2 as fft2
from addax.ops.fourier import ifft2 as ifft2
from addax.ops.fourier import irfft as irfft
from addax.ops.fourier import istft as istft
from addax.ops.fourier import rfft as rfft
from addax.ops.fourier import stft as stft
from addax.ops.linalg import cholesky as cholesky
from addax.ops.linalg import cholesky_inverse as cholesky_inverse
from addax.ops.linalg import det as det
from addax.ops.linalg import eig as eig
from addax.ops.linalg import eigh as eigh
from addax.ops.linalg import inv as inv
from addax.ops.linalg import logdet as logdet
from addax.ops.linalg import lstsq as lstsq
from addax.ops.linalg import lu_factor as lu_factor
from addax.ops.linalg import matrix_rank as matrix_rank
from addax.ops.linalg import norm as norm
from addax.ops.linalg import pinv as pinv
from addax.ops.linalg import qr as qr
from addax.ops.linalg import solve as solve
from addax.ops.linalg import solve_triangular as solve_triangular
from addax.ops.linalg import svd as svd
from addax.ops.math import getitem as getitem
from addax.ops.math import pow as pow
from addax.ops.math import remainder as remainder
from addax.ops.nn import *  # noqa: F403
from addax.ops.numpy import *  # noqa: F403
from addax.ops.special import cdist as cdist
from addax.ops.special import erf as erf
from addax.ops.special import erfc as erfc
from addax.ops.special import erfinv as erfinv
from addax.ops.special import logsumexp as logsumexp
from addax.ops.special import rsqrt as rsqrt
from addax.ops.special import view_as_complex as view_as_complex
from addax.ops.special import view_as_real as view_as_real

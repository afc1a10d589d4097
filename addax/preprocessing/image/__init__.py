"""Images from arrays, folders and tables, changed at random: Keras 2's `ImageDataGenerator`."""

from __future__ import annotations

from addax.preprocessing.image.affine import apply_affine_transform as apply_affine_transform
from addax.preprocessing.image.affine import apply_brightness_shift as apply_brightness_shift
from addax.preprocessing.image.affine import apply_channel_shift as apply_channel_shift
from addax.preprocessing.image.affine import random_brightness as random_brightness
from addax.preprocessing.image.affine import random_channel_shift as random_channel_shift
from addax.preprocessing.image.affine import random_rotation as random_rotation
from addax.preprocessing.image.affine import random_shear as random_shear
from addax.preprocessing.image.affine import random_shift as random_shift
from addax.preprocessing.image.affine import random_zoom as random_zoom
from addax.preprocessing.image.array_iterator import NumpyArrayIterator as NumpyArrayIterator
from addax.preprocessing.image.directory_iterator import DirectoryIterator as DirectoryIterator
from addax.preprocessing.image.frame_iterator import DataFrameIterator as DataFrameIterator
from addax.preprocessing.image.generator import ImageDataGenerator as ImageDataGenerator
from addax.preprocessing.image.iterator import Iterator as Iterator
from addax.utils.images import array_to_img as array_to_img
from addax.utils.images import img_to_array as img_to_array
from addax.utils.images import load_img as load_img
from addax.utils.images import save_img as save_img
from addax.utils.resizing import smart_resize as smart_resize

__all__ = [
    "DataFrameIterator", "DirectoryIterator", "ImageDataGenerator", "Iterator",
    "NumpyArrayIterator", "apply_affine_transform", "apply_brightness_shift",
    "apply_channel_shift", "array_to_img", "img_to_array", "load_img", "random_brightness",
    "random_channel_shift", "random_rotation", "random_shear", "random_shift", "random_zoom",
    "save_img", "smart_resize",
]  # fmt: skip

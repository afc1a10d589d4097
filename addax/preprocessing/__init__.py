"""Images, texts and series as Keras 2 prepares them: generators, tokenizers, windows.

The data sets from folders and arrays are those of `addax.utils`. Nothing of `addax` imports
this package.
"""

from __future__ import annotations

from addax.preprocessing import image as image
from addax.preprocessing import sequence as sequence
from addax.preprocessing import text as text
from addax.preprocessing.image import ImageDataGenerator as ImageDataGenerator
from addax.utils import image_dataset_from_directory as image_dataset_from_directory
from addax.utils import text_dataset_from_directory as text_dataset_from_directory
from addax.utils import timeseries_dataset_from_array as timeseries_dataset_from_array

__all__ = [
    "ImageDataGenerator",
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]

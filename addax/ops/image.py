"""The functions of `keras.ops.image`."""

from addax.ops.blocks import extract_patches as extract_patches
from addax.ops.blocks import extract_patches_3d as extract_patches_3d
from addax.ops.colors import hsv_to_rgb as hsv_to_rgb
from addax.ops.colors import rgb_to_grayscale as rgb_to_grayscale
from addax.ops.colors import rgb_to_hsv as rgb_to_hsv
from addax.ops.filters import gaussian_blur as gaussian_blur
from addax.ops.filters import sobel_edges as sobel_edges
from addax.ops.filters import ssim as ssim
from addax.ops.resize import crop_images as crop_images
from addax.ops.resize import pad_images as pad_images
from addax.ops.resize import resize as resize
from addax.ops.resize import scale_and_translate as scale_and_translate
from addax.ops.warp import affine_transform as affine_transform
from addax.ops.warp import elastic_transform as elastic_transform
from addax.ops.warp import map_coordinates as map_coordinates
from addax.ops.warp import perspective_transform as perspective_transform

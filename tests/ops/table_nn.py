"""Rows of `table` for networks and images."""

import numpy as np

from tests.ops.table import IMAGES, RNG, X, Y, ints, normal, positive, row

MAPS = normal(2, 6, 8, 4)
FIRST = np.moveaxis(MAPS, -1, 1)
VOLUMES = normal(2, 5, 6, 4, 2)
PROBABILITIES = positive(3, 4) / 9
TARGETS = np.eye(4, dtype="float32")[[1, 0, 3]]
HEADS = tuple(normal(2, 5, 4, 8) for _ in range(3))
POINTS = np.array([[0, 0], [0, 6], [5, 0], [5, 6]], "float32")
MOVED = POINTS + normal(4, 2)
LOGITS = normal(2, 6, 4)
AFFINE = np.array(
    [[1.21, 0.13, -0.71, -0.17, 0.93, 0.41, 0, 0], [1, 0, 2, 0, 1, -1, 0, 0]], "float32"
)
PLACES = RNG.uniform(-3, 9, (2, 5, 4)).astype("float32")
MODES = ("constant", "nearest", "wrap", "mirror", "reflect")

NETWORKS = [
    row("conv", MAPS, normal(3, 2, 4, 3), strides=2, padding="same", tolerance=1e-4),
    row("depthwise_conv", MAPS, normal(3, 2, 4, 2), tolerance=1e-4),
    row("separable_conv", MAPS, normal(3, 2, 4, 1), normal(1, 1, 4, 3), tolerance=1e-4),
    row("conv_transpose", MAPS, normal(3, 3, 2, 4), strides=2, tolerance=1e-4),
    row("max_pool", MAPS, (2, 2), strides=(1, 2)),
    row("average_pool", MAPS, 3, strides=2, padding="same"),
    row("adaptive_average_pool", MAPS, 3),
    row("adaptive_average_pool", MAPS, (4, 5)),
    row("adaptive_average_pool", FIRST, (4, 3), data_format="channels_first"),
    row("adaptive_average_pool", normal(2, 7, 3), 4),
    row("adaptive_average_pool", VOLUMES, 2),
    row("adaptive_max_pool", MAPS, (4, 5)),
    row("adaptive_max_pool", normal(2, 7, 3), 3),
    row("adaptive_max_pool", VOLUMES, (2, 3, 4)),
    row("depth_to_space", MAPS, 2),
    row("depth_to_space", FIRST, 2, data_format="channels_first"),
    row("space_to_depth", MAPS, 2),
    row("space_to_depth", FIRST, 2, data_format="channels_first"),
    row("unfold", FIRST, 2),
    row("unfold", FIRST, (3, 2), dilation=2, padding=(1, 2), stride=(2, 1)),
    row("fold", normal(2, 8, 15), (4, 6), 2),
    row("fold", normal(2, 12, 20), (6, 8), (3, 2), dilation=2, padding=(1, 2), stride=(1, 2)),
    row("batch_normalization", MAPS, normal(4), positive(4), -1, normal(4), normal(4)),
    row("layer_normalization", X, gamma=normal(4), beta=normal(4)),
    row("rms_normalization", X, scale=normal(4)),
    row("normalize", X),
    row("normalize", X, axis=0, order=3),
    row("dot_product_attention", *HEADS),
    row("dot_product_attention", *HEADS, is_causal=True),
    row("binary_crossentropy", TARGETS, PROBABILITIES),
    row("binary_crossentropy", TARGETS, 100 * X, from_logits=True),
    row("categorical_crossentropy", TARGETS, PROBABILITIES),
    row("categorical_crossentropy", TARGETS, 1000 * X, from_logits=True),
    row("sparse_categorical_crossentropy", ints(3, high=4), PROBABILITIES),
    row("sparse_categorical_crossentropy", ints(3, high=4), 1000 * X, from_logits=True),
    row("ctc_loss", ints(2, 3, low=1, high=4), LOGITS, [3, 1], [6, 5], tolerance=1e-4),
    row("ctc_loss", ints(2, 2, high=3), LOGITS, [2, 0], [4, 6], mask_index=3, tolerance=1e-4),
    row("ctc_decode", LOGITS, np.array([6, 4]), grad=False),
    row("ctc_decode", LOGITS, np.array([6, 4]), mask_index=3, merge_repeated=False, grad=False),
    row(
        "ctc_decode", 3 * LOGITS, np.array([6, 4]), strategy="beam_search", beam_width=20,
        top_paths=3, grad=False, symbolic=False,
    ),
]  # fmt: skip

FIRST_IMAGES = np.moveaxis(IMAGES, -1, 1)
_SCALE = (np.array([1.5, 0.7], "float32"), np.array([0.4, -0.3], "float32"))
PICTURES = [
    *(row("image.resize", IMAGES, (5, 9), interpolation=i)
      for i in ("bilinear", "nearest", "bicubic", "lanczos3")),
    row("image.resize", IMAGES[0], (3, 3), antialias=True),
    row("image.resize", IMAGES, (4, 9), crop_to_aspect_ratio=True),
    row("image.resize", IMAGES, (7, 8), pad_to_aspect_ratio=True, fill_value=0.5),
    row("image.resize", FIRST_IMAGES, (4, 9), data_format="channels_first"),
    row("image.rgb_to_grayscale", IMAGES),
    row("image.rgb_to_grayscale", FIRST_IMAGES, data_format="channels_first"),
    row("image.rgb_to_hsv", IMAGES, grad=False),
    row("image.rgb_to_hsv", np.round(FIRST_IMAGES), data_format="channels_first", grad=False),
    row("image.hsv_to_rgb", IMAGES, grad=False),
    row("image.hsv_to_rgb", FIRST_IMAGES, data_format="channels_first", grad=False),
    *(row("image.affine_transform", IMAGES, AFFINE, interpolation=i, fill_mode=m, grad=False)
      for i in ("bilinear", "nearest") for m in MODES if m != "mirror"),
    row("image.affine_transform", IMAGES[0], AFFINE[0], fill_value=0.3, grad=False),
    row("image.affine_transform", FIRST_IMAGES, AFFINE, data_format="channels_first", grad=False),
    row("image.perspective_transform", IMAGES[0], POINTS, MOVED, grad=False, tolerance=1e-3),
    row(
        "image.perspective_transform", IMAGES, np.stack([POINTS, POINTS]),
        np.stack([MOVED, POINTS + 1]), interpolation="nearest", grad=False,
    ),
    *(row("image.map_coordinates", IMAGES[0, :, :, 0], PLACES, o, fill_mode=m, grad=False)
      for o in (0, 1) for m in MODES),
    row("image.map_coordinates", ints(7, 6), PLACES, 1, fill_value=3, grad=False),
    # Keras 3.15 on JAX blurs along width and channels with the channels last
    row("image.gaussian_blur", FIRST_IMAGES, data_format="channels_first"),
    row("image.gaussian_blur", FIRST_IMAGES[0], (5, 5), (0.7, 0.7), data_format="channels_first"),
    row("image.sobel_edges", IMAGES),
    row("image.sobel_edges", FIRST_IMAGES, data_format="channels_first"),
    row("image.ssim", IMAGES, IMAGES**2, filter_size=3, tolerance=1e-4),
    row("image.ssim", IMAGES[0], 1 - IMAGES[0], filter_size=5, tolerance=1e-4),
    row("image.extract_patches", IMAGES, 3),
    row("image.extract_patches", IMAGES[0], (2, 3), strides=1, padding="same"),
    row("image.extract_patches", IMAGES, 3, strides=1, dilation_rate=2),
    row("image.extract_patches", FIRST_IMAGES, 2, data_format="channels_first"),
    row("image.extract_patches", VOLUMES, (2, 3, 2)),
    row("image.extract_patches_3d", VOLUMES, 2, strides=(1, 2, 1), padding="same"),
    row("image.crop_images", IMAGES, 1, 2, target_height=3, target_width=4),
    row("image.crop_images", IMAGES[0], 1, 2, 3, 1),
    row("image.pad_images", IMAGES, 1, 2, 0, 1),
    row("image.pad_images", FIRST_IMAGES, bottom_padding=1, left_padding=2, target_height=10,
        target_width=12, data_format="channels_first"),
    row("image.scale_and_translate", IMAGES[0, :, :, 0], (9, 5), *_SCALE, (0, 1), "linear"),
    row("image.scale_and_translate", IMAGES[0], (9, 5, 3), *_SCALE, (0, 1), "bicubic",
        antialias=False),
]  # fmt: skip
EXTRA = [row("isclose", X, X + 1e-6), row("allclose", X, Y)]

"""Crop geometry and labels of synthetic photos."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .digit_augment import augment
from .photos import load_photos
from .preprocess import centre_crop, resize_then_crop, to_input


def test_crop_keeps_the_centre_square() -> None:
    photo = Image.new("RGB", (400, 288), "black")
    photo.paste((255, 255, 255), (72, 16, 328, 272))  # the 252-pixel centre square and the two pixels that the filter sees beyond
    assert np.asarray(centre_crop(photo, 224)).min() == 255


def test_odd_remainder_is_halved() -> None:
    photo = Image.new("L", (401, 288), 0)
    photo.paste(255, (201, 0, 401, 288))
    middle = np.asarray(centre_crop(photo, 252))[100, 124:129]  # the edge lies half a pixel right of the centre
    np.testing.assert_allclose(middle, [0, 0, 127.5, 255, 255], atol=0.5)


def test_both_orders_give_the_asked_side() -> None:
    for size in ((288, 500), (500, 288), (288, 288), (100, 90)):
        photo = Image.new("RGB", size)
        assert centre_crop(photo, 224).size == resize_then_crop(photo, 224).size == (224, 224)


def test_input_is_planar_and_scaled() -> None:
    values = to_input(Image.new("RGB", (300, 300), (0, 127, 255)), 8, 127.5, 127.5)
    assert values.shape == (1, 3, 8, 8) and values.dtype == np.float32
    np.testing.assert_allclose(values[0, :, 3, 3], [-1, -0.5 / 127.5, 1], atol=1e-6)


def test_photo_labels_follow_name_order(tmp_path: Path) -> None:
    for name in ("b", "a", "d", "c"):
        Image.new("RGB", (4, 4)).save(tmp_path / f"{name}.JPEG", "JPEG")
    assert [label for _, label in load_photos(tmp_path)] == [0, 1, 2, 10]


def test_augmentation_keeps_shape_range_and_repeats() -> None:
    images = torch.rand(64, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    first, again = (augment(images, torch.Generator().manual_seed(1)) for _ in range(2))
    assert first.shape == images.shape and 0 <= first.min() and first.max() <= 1
    assert torch.equal(first, again) and not torch.equal(first, images)

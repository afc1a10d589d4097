"""`python -m addax demo`: a small network learns to read handwritten digits."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from addax import callbacks, datasets, layers, models
from addax.core.variable import set_random_seed

_EPOCHS = 14
_VALIDATION_ROWS = 137
_SHADES = " ░▒▓█"
_INK = 16


def _load() -> tuple[np.ndarray, ...]:
    """Return images in [0, 1] and labels: training, validation and test part."""
    (x, y), (x_test, y_test) = datasets.digits.load_data()
    x, x_test = ((part[..., None] / _INK).astype("float32") for part in (x, x_test))
    cut = len(x) - _VALIDATION_ROWS
    return x[:cut], y[:cut], x[cut:], y[cut:], x_test, y_test


def _with_shifted_copies(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add each image moved by one pixel to the left, right, top and bottom."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    copies = [padded[:, top : top + 8, left : left + 8] for top, left in corners]
    return np.concatenate(copies), np.tile(y, len(copies))


def _model() -> models.Model:
    model = models.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _learning_rate(epoch: int, rate: float) -> float:
    """Keep the rate for ten epochs, then take smaller steps."""
    return rate if epoch < 10 else 2e-4


def _save_curves(history: callbacks.History, path: Path, console: Console) -> None:
    try:
        history.plot(path)
    except ImportError as error:
        console.print(f"No picture of the learning curves: {error}")
    else:
        console.print(f"Learning curves: {path}")


def _drawing(image: np.ndarray) -> str:
    """Return an image of values in [0, 1] as text, two characters a pixel."""
    levels = np.rint(image * (len(_SHADES) - 1)).astype(int)
    return "\n".join("".join(_SHADES[level] * 2 for level in row) for row in levels)


def _gallery(images: np.ndarray, labels: np.ndarray, outputs: np.ndarray) -> Table:
    """Return a table of images beside what the model takes them for, and what they are."""
    table = Table.grid(padding=(0, 4))
    guesses = outputs.argmax(axis=1)
    table.add_row(*(_drawing(image[..., 0]) for image in images))
    table.add_row(
        *(
            f"predicted {guess} ({row[guess]:.1%})\ntruth     {label}"
            for guess, label, row in zip(guesses, labels, outputs, strict=True)
        )
    )
    return table


def demo(folder: str | Path = "demo-output") -> int:
    """Train, measure, save, reload and look at three predictions.

    Args:
        folder: where the model and the picture of the learning curves go.

    Returns:
        0, or 1 if the test accuracy is below 97 % or the reloaded model differs.
    """
    started = time.perf_counter()
    console = Console()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    set_random_seed(1)

    x, y, x_validation, y_validation, x_test, y_test = _load()
    x, y = _with_shifted_copies(x, y)
    model = _model()
    model.summary()
    history = model.fit(
        x,
        y,
        batch_size=32,
        epochs=_EPOCHS,
        validation_data=(x_validation, y_validation),
        callbacks=[callbacks.LearningRateScheduler(_learning_rate)],
    )
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    console.print(f"Test accuracy on {len(x_test)} images never seen before: {accuracy:.2%}")

    _save_curves(history, folder / "learning-curves.png", console)
    file = folder / "digits.keras"
    model.save(file)
    reloaded = models.load_model(file)
    same = np.array_equal(reloaded.predict(x_test, verbose=0), model.predict(x_test, verbose=0))
    console.print(f"Saved and reloaded: {file} ({'same' if same else 'OTHER'} predictions)\n")

    shown = np.linspace(0, len(x_test) - 1, 3).astype(int)
    outputs = reloaded.predict(x_test[shown], verbose=0)
    console.print(_gallery(x_test[shown], y_test[shown], outputs))
    console.print(f"\nDone in {time.perf_counter() - started:.0f} seconds.")
    return 0 if same and accuracy >= 0.97 else 1

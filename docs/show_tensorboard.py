"""Trains a few small models, starts TensorBoard on them and takes pictures of its tabs.

    python docs/show_tensorboard.py                 # pictures beside this file
    python docs/show_tensorboard.py --keep logs     # keep the records, to look around in them

Needs `pip install 'addax[tensorboard,image]'` and a Chromium (Debian: apt-get install chromium).
TensorBoard listens on 127.0.0.1 only and is stopped at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]  # runs from a clone, installed or not

from browser import Browser  # noqa: E402

import addax as keras  # noqa: E402
from addax.callbacks.tensorboard import SummaryWriter  # noqa: E402
from addax.callbacks.tensorboard import hparams as hp  # noqa: E402

TRIALS = [(units, rate) for units in (16, 64) for rate in (0.001, 0.01)]
EPOCHS = 12


def build(units: int, rate: float) -> keras.Model:
    """Return two towers over the digits' images: one with convolutions, one without."""
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Conv2D(8, 3, activation="relu", name="edges")(image)
    x = keras.layers.Flatten(name="flat")(x)
    y = keras.layers.Flatten(name="pixels")(image)
    x = keras.layers.Concatenate(name="both")([x, y])
    x = keras.layers.Dense(units, activation="relu", name="hidden")(x)
    x = keras.layers.Dropout(0.2, name="dropout")(x)
    model = keras.Model(image, keras.layers.Dense(10, activation="softmax", name="digit")(x))
    model.compile(
        keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def train(folder: Path) -> None:
    """Train one model per combination of hyperparameters, each in a folder of its own."""
    (x, y), (x_test, y_test) = keras.datasets.digits.load_data()
    x, x_test = x[..., None] / 16.0, x_test[..., None] / 16.0
    (folder / "labels.tsv").write_text("\n".join(map(str, y_test)))
    units_of = hp.HParam("units", hp.Discrete([16, 64]))
    rate_of = hp.HParam("learning_rate", hp.RealInterval(0.0001, 0.1))
    with SummaryWriter(folder) as writer, writer.as_default():
        accuracy = hp.Metric("epoch_accuracy", group="validation", display_name="val. accuracy")
        hp.hparams_config([units_of, rate_of], [accuracy])
    for units, rate in TRIALS:
        keras.utils.set_random_seed(0)
        trial = folder / f"units-{units}-rate-{rate}"
        last = (units, rate) == TRIALS[-1]
        board = keras.callbacks.TensorBoard(
            trial, histogram_freq=2, write_images=True, update_freq=20,
            embeddings_freq=EPOCHS - 1 if last else 0, embeddings_layer_names=["hidden"],
            embeddings_data=x_test, embeddings_metadata=str(folder / "labels.tsv"),
        )  # fmt: skip
        hyper = hp.KerasCallback(trial, {units_of: units, rate_of: rate})
        model = build(units, rate)
        model.fit(
            x, y, epochs=EPOCHS, validation_data=(x_test, y_test), callbacks=[board, hyper],
            verbose=0,
        )  # fmt: skip
    with SummaryWriter(folder / "samples") as writer:
        writer.image("digits", x_test[:6], step=0, max_outputs=6)
        writer.text("about", "Digits of **8 x 8** pixels, 16 shades.", step=0)


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Run TensorBoard on a free port of this machine; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder)]
        + ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for line in process.stdout or ():
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                yield found[0]
                return
        raise RuntimeError("TensorBoard ended before it gave an address.")
    finally:
        process.terminate()
        process.wait()


# what to open, when it is complete, and what to click then
Tab = tuple[str, str, tuple[str | tuple[int, int], ...]]
TABS: dict[str, Tab] = {
    "scalars": ("scalars&tagFilter=epoch_&_smoothingWeight=0", "deep('vz-line-chart2').length", ()),
    "graphs": (
        "graphs",
        "deep('g.node').length == 8",
        ("deep('g.node').find(n => n.dataset.name == 'hidden').querySelector('ellipse')",),
    ),
    "histograms": ("histograms&tagFilter=hidden", "deep('vz-histogram-timeseries').length", ()),
    "hparams": ("hparams", "deep('tf-hparams-table-view').length", ()),
    # colors by label: the list, and its entry
    "projector": ("projector", "deep('iframe').length", ((210, 223), (215, 290))),
    "images": ("images", "deep('img').length > 2", ()),
}


def photograph(address: str, folder: Path) -> None:
    """Take a picture of each tab."""
    with Browser() as browser:
        for name, (tab, ready, clicks) in TABS.items():
            browser.open("about:blank")
            browser.open(f"{address}#{tab}")
            browser.wait(ready)
            time.sleep(8)  # data and animations
            for place in clicks:
                browser.click(place)
                time.sleep(2)
            path = folder / f"tensorboard-{name}.png"
            browser.screenshot(path)
            print(f"{path}: {path.stat().st_size // 1024} KB")


def main() -> None:
    """Train, serve, photograph."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="folder for the records")
    parser.add_argument("--pictures", type=Path, default=HERE, help="folder for the pictures")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        train(folder)
        photograph(stack.enter_context(serve(folder)), given.pictures)


if __name__ == "__main__":
    main()

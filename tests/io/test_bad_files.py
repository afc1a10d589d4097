"""Hostile and damaged files: one clear error, and nothing changed."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

import addax
from addax import layers


def small():
    return addax.Sequential([addax.Input((3,)), layers.Dense(2, name="d")])


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "m.keras"
    small().save(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, parts, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def with_config(path, change):
    parts = members(path)
    config = json.loads(parts["config.json"])
    change(config)
    parts["config.json"] = json.dumps(config)
    rewrite(path, parts)


def with_weights(path, change):
    parts = members(path)
    data = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(data, "r+") as file:
        change(file)
    parts["model.weights.h5"] = data.getvalue()
    rewrite(path, parts)


def refused(path, match):
    with pytest.raises(ValueError, match=match):
        addax.models.load_model(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        addax.models.load_model(tmp_path / "no.keras")


def test_not_a_zip(tmp_path):
    (tmp_path / "m.keras").write_bytes(b"not a model")
    refused(tmp_path / "m.keras", "not a .keras file")


def test_truncated(saved):
    saved.write_bytes(saved.read_bytes()[:-200])
    refused(saved, "not a .keras file")


def test_flipped_byte_in_weights(saved):
    parts = members(saved)
    data = saved.read_bytes()
    middle = data.index(parts["model.weights.h5"][:64]) + 500
    saved.write_bytes(data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :])
    refused(saved, "damaged")


def test_missing_member(saved):
    parts = members(saved)
    del parts["config.json"]
    rewrite(saved, parts)
    refused(saved, "has no 'config.json'")


def test_config_that_is_no_json(saved):
    rewrite(saved, members(saved) | {"config.json": b"{"})
    refused(saved, "is not JSON")


def test_deeply_nested_config(saved):
    rewrite(saved, members(saved) | {"config.json": b"[" * 200_000 + b"]" * 200_000})
    refused(saved, "is not JSON")


def test_zip_bomb(saved):
    parts = members(saved) | {"model.weights.h5": bytes(300 * 2**20)}
    rewrite(saved, parts, zipfile.ZIP_DEFLATED)
    refused(saved, "Such files are not read")


def test_duplicate_member(saved):
    with zipfile.ZipFile(saved, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")
    refused(saved, "twice")


def test_other_members_are_not_extracted(saved, tmp_path):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("../evil.txt", "x")
    addax.models.load_model(saved)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.keras"]


def test_unknown_class_is_not_imported(saved):
    def change(config):
        config["config"]["layers"][1].update(module="os", class_name="system")

    with_config(saved, change)
    refused(saved, "system")


def test_function_by_name_is_not_imported(saved):
    def change(config):
        config["config"]["layers"][1]["config"]["activation"] = {
            "module": "builtins", "class_name": "function", "config": "eval",
            "registered_name": "function",
        }  # fmt: skip

    with_config(saved, change)
    refused(saved, "eval")


def test_lambda_is_not_run(saved):
    def change(config):
        config["config"]["layers"][1]["config"]["activation"] = {
            "class_name": "__lambda__", "config": {"value": "4wEAAAA="},
        }  # fmt: skip

    with_config(saved, change)
    refused(saved, "lambda")


def test_config_of_a_giant(saved):
    def change(config):
        config["config"]["layers"][1]["config"]["units"] = 10**9

    with_config(saved, change)
    refused(saved, "far larger than the file")


def test_many_large_layers(saved):
    def change(config):
        layer = config["config"]["layers"][1]
        layer["config"]["units"] = 6000
        more = [{**layer, "config": {**layer["config"], "name": f"d{i}"}} for i in range(3)]
        config["config"]["layers"] += more

    with_config(saved, change)
    refused(saved, "far larger than the file")


def op_entry(class_name, args, module="addax.ops"):
    return {
        "module": module, "class_name": class_name, "config": {"name": "o"}, "name": "o",
        "registered_name": class_name, "inbound_nodes": [{"args": args, "kwargs": {}}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("class_name", "args", "message"),
    [
        ("ones", [[10**12]], "no symbolic tensor"),
        ("Model", ["tensor"], "not an op"),
        ("eval", ["tensor"], "eval"),
        ("add", ["tensor"], "argument"),
    ],
)
def test_ops_of_a_file(class_name, args, message):
    config = addax.Model(x := addax.Input((2,)), layers.Dense(1, name="d")(x)).get_config()
    tensor = config["layers"][1]["inbound_nodes"][0]["args"][0]
    config["layers"].append(op_entry(class_name, [tensor if a == "tensor" else a for a in args]))
    config["output_layers"] = ["o", 0, 0]
    with pytest.raises((ValueError, TypeError), match=message):
        addax.Model.from_config(config)


def test_saved_model_of_tensorflow(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ValueError, match="SavedModel of TensorFlow"):
        addax.models.load_model(tmp_path)


def test_weights_of_another_shape(saved):
    def change(config):
        config["config"]["layers"][1]["config"]["units"] = 5

    with_config(saved, change)
    refused(saved, r"shape \(3, 5\)")


def test_link_to_another_file(saved, tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = np.ones((3, 2))

    def change(file):
        del file["layers/dense/vars/0"]
        target = h5py.ExternalLink(str(tmp_path / "secret.h5"), "x")
        file["layers/dense/vars/0"] = target

    with_weights(saved, change)
    refused(saved, "link to another place")


def test_external_data(saved, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(24))

    def change(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"].create_dataset(
            "0", (3, 2), "float32", external=[(str(tmp_path / "raw"), 0, 24)]
        )

    with_weights(saved, change)
    refused(saved, "another file")


def test_strings_for_weights(saved):
    def change(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"]["0"] = np.full((3, 2), b"ab")

    with_weights(saved, change)
    refused(saved, "must hold numbers")


def test_huge_declared_shape_is_not_read(saved):
    def change(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"].create_dataset("0", (2**40,), "float32", chunks=(1024,))

    with_weights(saved, change)
    refused(saved, "shape")


def test_failed_load_weights_changes_nothing(tmp_path):
    model = addax.Sequential([addax.Input((3,)), layers.Dense(2), layers.Dense(4)])
    other = addax.Sequential([addax.Input((3,)), layers.Dense(2), layers.Dense(5)])
    before = model.get_weights()
    for name in ("w.weights.h5", "w.h5"):
        other.save_weights(tmp_path / name)
        with pytest.raises(ValueError, match=r"\(2, 4\)"):
            model.load_weights(tmp_path / name)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.keras"
    small().save(path)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr("addax.io.weights.write", fail)
    with pytest.raises(OSError, match="No space"):
        small().save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]


def test_model_with_a_cycle():
    config = addax.Model(x := addax.Input((2,)), layers.Dense(1, name="d")(x)).get_config()
    tensor = config["layers"][1]["inbound_nodes"][0]["args"][0]
    tensor["config"]["keras_history"] = ["d", 0, 0]
    with pytest.raises(ValueError, match="made by no other"):
        addax.Model.from_config(config)


@pytest.mark.parametrize("text", ["", "[]", "3", '{"a": 1}', "{"])
def test_bad_json(text):
    with pytest.raises(ValueError, match="class_name|to_json"):
        addax.models.model_from_json(text)

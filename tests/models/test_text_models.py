"""Models with string inputs: what reads the strings runs on the host, the rest is compiled."""

import numpy as np
import pytest

import addax
from addax import layers
from addax.data import mapped

TEXTS = np.array(["a good film", "a bad one", "good fun", "dull and bad"] * 5)
LABELS = np.array([1, 0, 1, 0] * 5)
TABLE = {"color": np.array(["red", "blue"] * 10), "age": np.arange(20.0), "kind": LABELS + 3}


def vectorizer(**kwargs):
    layer = layers.TextVectorization(output_sequence_length=4, **kwargs)
    layer.adapt(TEXTS)
    return layer


def text_model():
    texts = addax.Input(shape=(1,), dtype="string")
    hidden = layers.Embedding(20, 4, mask_zero=True)(vectorizer()(texts))
    model = addax.Model(texts, layers.Dense(1)(layers.GlobalAveragePooling1D()(hidden)))
    model.compile("sgd", "mse")
    return model


def table_inputs():
    kinds = {"color": "string", "age": "float64", "kind": "int64"}
    return {name: addax.Input((1,), name=name, dtype=dtype) for name, dtype in kinds.items()}


def table_head(inputs):
    lookup = layers.StringLookup(vocabulary=["red", "blue"])
    kinds = layers.IntegerLookup(vocabulary=[3, 4], output_mode="one_hot")
    parts = [
        layers.CategoryEncoding(3, output_mode="one_hot")(lookup(inputs["color"])),
        layers.Rescaling(0.1)(inputs["age"]),
        kinds(inputs["kind"]),
    ]
    return addax.Model(inputs, layers.Concatenate()(parts))


@pytest.fixture(scope="module")
def trained():
    model = text_model()
    model.fit(TEXTS, LABELS, batch_size=8, verbose=0, validation_split=0.2)
    return model


def test_strings_in_all_forms_give_the_same(trained):
    expected = trained.predict(TEXTS, verbose=0)
    column = TEXTS[:, None].astype(object)
    for form in (list(TEXTS), column, np.char.encode(TEXTS)):
        np.testing.assert_allclose(trained.predict(form, verbose=0), expected, atol=1e-6)
        np.testing.assert_allclose(trained(form), expected, atol=1e-6)
    np.testing.assert_allclose(trained.predict_on_batch(TEXTS[:8]), expected[:8], atol=1e-6)


def test_training_is_that_of_the_integers():
    model = text_model()
    rest = addax.Sequential([addax.Input((4,), dtype="int32"), *model.layers[2:]])
    weights = model.get_weights()
    history = model.fit(TEXTS, LABELS, shuffle=False, verbose=0, epochs=2).history
    rest.set_weights(weights)
    rest.compile("sgd", "mse")
    integers = np.asarray(model.layers[1](TEXTS))
    again = rest.fit(integers, LABELS, shuffle=False, verbose=0, epochs=2).history
    assert history == again


def test_an_epoch_of_strings_is_one_compiled_call(trained):
    before = trained._counts.dispatches
    trained.fit(TEXTS, LABELS, batch_size=5, verbose=0)
    trained.fit(TEXTS, LABELS, batch_size=5, verbose=0)
    assert trained._counts.dispatches - before < 8


def test_streams_of_strings(trained):
    def batches():
        for _ in range(3):
            yield TEXTS[:8].astype(object), LABELS[:8]

    loss = trained.evaluate(batches(), verbose=0)
    assert loss == pytest.approx(trained.evaluate(TEXTS[:8], LABELS[:8], verbose=0), rel=1e-5)
    assert trained.test_on_batch(list(TEXTS[:8]), LABELS[:8]) == pytest.approx(loss, rel=1e-5)
    assert np.isfinite(trained.train_on_batch(TEXTS[:8], LABELS[:8]))


def test_large_results_are_made_batch_by_batch(trained, monkeypatch):
    expected = trained.predict(TEXTS, batch_size=8, verbose=0)
    monkeypatch.setattr(mapped, "IN_MEMORY_LIMIT", 10)
    np.testing.assert_allclose(trained.predict(TEXTS, batch_size=8, verbose=0), expected, atol=1e-6)


def test_a_saved_model_keeps_its_vocabulary(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    again = addax.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        again.predict(TEXTS, verbose=0), trained.predict(TEXTS, verbose=0)
    )


def test_adapted_vectors_have_their_size_in_a_file(tmp_path):
    lookup = layers.StringLookup(output_mode="multi_hot")
    lookup.adapt(TABLE["color"])
    colors = addax.Input((1,), dtype="string")
    model = addax.Model(colors, layers.Dense(2)(lookup(colors)))
    model.save(tmp_path / "model.keras")
    again = addax.models.load_model(tmp_path / "model.keras")
    assert again.layers[1].output_shape == (None, 3)
    colors = np.array(["blue", "green"])
    np.testing.assert_array_equal(
        again.predict(colors, verbose=0), model.predict(colors, verbose=0)
    )


def test_sequential_learns_from_data_that_it_takes_strings():
    model = addax.Sequential([vectorizer(), layers.Embedding(20, 2), layers.Flatten()])
    assert model.predict(list(TEXTS), verbose=0).shape == (20, 8)
    assert model.input_shape == (None,)
    assert model.inputs[0].dtype == "string"


def test_a_table_of_strings_and_numbers_with_an_inner_model(tmp_path, capsys):
    inputs = table_inputs()
    head = table_head(inputs)
    model = addax.Model(inputs, addax.Sequential([layers.Dense(4), layers.Dense(1)])(head(inputs)))
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(TABLE, LABELS, verbose=0).history["loss"]).all()
    expected = model.predict(TABLE, verbose=0)
    np.testing.assert_allclose(model(TABLE), expected, atol=1e-6)
    model.save(tmp_path / "model.keras")
    again = addax.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(TABLE, verbose=0), expected, atol=1e-6)
    model.summary()
    assert "color" in capsys.readouterr().out


def test_a_data_frame_by_columns():
    pandas = pytest.importorskip("pandas")
    head = table_head(table_inputs())
    frame = pandas.DataFrame(TABLE)
    np.testing.assert_array_equal(
        head.predict(dict(frame), verbose=0), head.predict(TABLE, verbose=0)
    )


def test_training_inside_of_an_inner_model_reaches_its_layers():
    texts = addax.Input((), dtype="string")
    dropped = layers.Dropout(0.5)(layers.Embedding(20, 2)(vectorizer()(texts)))
    inner = addax.Model(texts, dropped)
    fixed = addax.Model(texts, inner(texts, training=False))
    free = addax.Model(texts, inner(texts))
    values = fixed._front.before([TEXTS])
    assert not np.any(np.asarray(fixed(values, training=True)) == 0)
    assert np.any(np.asarray(free(values, training=True)) == 0)


def test_hashes_of_integers_and_crosses():
    number, text = addax.Input((1,), dtype="int32"), addax.Input((1,), dtype="string")
    crossed = layers.HashedCrossing(7, output_mode="one_hot")([text, number])
    hashed = layers.Hashing(5, output_mode="one_hot")(number)
    model = addax.Model([number, text], layers.Concatenate()([crossed, hashed]))
    assert model.output_shape == (None, 12)
    data = [np.arange(20)[:, None], TABLE["color"][:, None]]
    np.testing.assert_array_equal(model.predict(data, verbose=0), model(data))


def test_labels_of_a_prediction():
    features = addax.Input((2,))
    scores = addax.Sequential([addax.Input((2,)), layers.Dense(2, kernel_initializer="identity")])
    names = layers.StringLookup(vocabulary=["cat", "dog"], num_oov_indices=0, invert=True)
    model = addax.Model(features, names(addax.ops.argmax(scores(features), axis=-1)))
    assert model.predict(np.eye(2), verbose=0).tolist() == ["cat", "dog"]
    assert model.predict_on_batch(np.eye(2)).tolist() == ["cat", "dog"]
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"StringLookup\) computes on the host, and comes after"):
        model.fit(np.eye(2), np.eye(2), verbose=0)


class Towers(addax.Model):
    def __init__(self):
        super().__init__()
        lookup = layers.StringLookup(vocabulary=["red", "blue"])
        self.colors = addax.Sequential([lookup, layers.Embedding(3, 2)])
        self.output_layer = layers.Dense(1)

    def call(self, inputs, training=False):
        color = self.colors(inputs["color"])
        age = addax.ops.expand_dims(inputs["age"], -1)
        return self.output_layer(addax.ops.concatenate([color, age], -1))


class OwnStep(Towers):
    def train_step(self, data):
        x, y = data
        with addax.GradientTape() as tape:
            loss = addax.ops.mean(
                (self.colors(x["color"])[:, 0] - addax.ops.cast(y, "float32")) ** 2
            )
        weights = self.colors.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


@pytest.mark.parametrize("eager", [False, True])
def test_a_subclass_with_lookups_in_its_call(eager):
    model = Towers()
    model.compile("sgd", "mse", run_eagerly=eager)
    data = {"color": TABLE["color"], "age": TABLE["age"] / 20}
    history = model.fit(data, LABELS, verbose=0, validation_data=(data, LABELS)).history
    assert np.isfinite(history["val_loss"]).all()
    np.testing.assert_allclose(model.predict(data, verbose=0), model(data), atol=1e-6)


def test_an_own_training_step_on_strings():
    model = OwnStep()
    model.compile(addax.optimizers.SGD(0.5))
    data = {"color": TABLE["color"], "age": TABLE["age"]}
    losses = model.fit(data, LABELS, verbose=0, epochs=3, shuffle=False).history["loss"]
    assert losses[-1] < losses[0]


class NoLookup(Towers):
    def call(self, inputs):
        return self.output_layer(inputs)


def test_errors_of_strings_name_layer_and_fix():
    text = addax.Input((1,), dtype="string", name="text")
    with pytest.raises(ValueError, match=r"'wide' \(Dense\) computes with numbers.*StringLookup"):
        layers.Dense(2, name="wide")(text)
    with pytest.raises(ValueError, match=r"'wide' \(Dense\) computes with numbers"):
        layers.Dense(2, name="wide")(TEXTS[:, None])
    with pytest.raises(ValueError, match="`add` computes with numbers"):
        addax.ops.add(text, 1)
    model = NoLookup()
    model.compile("sgd", "mse")
    with pytest.raises(
        ValueError, match=r"\(Dense\) computes with numbers and cannot take strings"
    ):
        model.fit(TEXTS[:, None], LABELS, verbose=0)


def test_errors_of_data_that_do_not_fit(trained):
    with pytest.raises(ValueError, match="takes strings .*Received: numbers"):
        trained.predict(np.zeros((3, 1)), verbose=0)
    with pytest.raises(ValueError, match=r"`x` of `predict` must hold strings.*position 1"):
        trained.predict(np.array(["a", None], dtype=object), verbose=0)
    head = table_head(table_inputs())
    with pytest.raises(ValueError, match="Input 'age' .*takes numbers.*Received: strings"):
        head.predict({**TABLE, "age": TABLE["color"]}, verbose=0)
    numbers = addax.Sequential([addax.Input((1,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"must hold numbers.*dtype='string'"):
        numbers.predict(TEXTS, verbose=0)


class Encoder(layers.Layer):
    """A layer of a user, with a lookup and weights inside."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.lookup = vectorizer()
        self.embedding = layers.Embedding(20, 2)
        self.dropout = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        return self.dropout(self.embedding(self.lookup(inputs)), training=training)


def test_a_layer_with_a_lookup_and_weights_inside():
    text, number = addax.Input((1,), dtype="string"), addax.Input((2,))
    encoded = Encoder()(text)
    assert (encoded.shape, encoded.dtype) == ((None, 4, 2), "float32")
    joined = layers.Concatenate()([layers.Flatten()(encoded), number])
    model = addax.Model([text, number], layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    data = [TEXTS, np.ones((20, 2))]
    before = model.get_weights()[0]
    assert np.isfinite(model.fit(data, LABELS, verbose=0).history["loss"]).all()
    assert not np.array_equal(model.get_weights()[0], before)
    np.testing.assert_allclose(model.predict(data, verbose=0), model(data), atol=1e-6)
    assert model.compute_output_shape([(None, 1), (None, 2)]) == (None, 1)


def test_a_pipeline_and_lists_of_scalars():
    steps = layers.Pipeline([vectorizer(), layers.Rescaling(2.0)])
    model = addax.Sequential([addax.Input((1,), dtype="string", name="text"), steps])
    expected = 2 * np.asarray(steps.layers[0](TEXTS))
    np.testing.assert_array_equal(model.predict(TEXTS, verbose=0), expected)
    np.testing.assert_array_equal(model({"text": list(TEXTS)}), expected)

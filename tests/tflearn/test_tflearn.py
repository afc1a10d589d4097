import numpy as np
import pytest

from addax import tflearn
from addax.tflearn import data_utils, objectives, optimizers, regularizers
from addax.tflearn.data_augmentation import ImageAugmentation
from addax.tflearn.data_preprocessing import ImagePreprocessing

X = np.random.Generator(np.random.Philox(1)).normal(3, 2, (20, 4, 4, 2)).astype("float32")
Y = np.eye(2, dtype="float32")[np.arange(20) % 2]


def classifier(prep=None, aug=None, **training):
    net = tflearn.input_data([None, 4, 4, 2], data_preprocessing=prep, data_augmentation=aug)
    net = tflearn.conv_2d(net, 3, 3, activation="relu", regularizer="L2")
    net = tflearn.max_pool_2d(net, 2)
    net = tflearn.dropout(tflearn.fully_connected(net, 5, activation="tanh"), 0.5)
    net = tflearn.fully_connected(net, 2, activation="softmax")
    return tflearn.DNN(tflearn.regression(net, **training))


def centred():
    prep = ImagePreprocessing()
    prep.add_featurewise_zero_center()
    prep.add_featurewise_stdnorm(per_channel=True)
    return prep


def test_lists_fit_and_a_line_per_epoch_is_printed(capsys):
    net = tflearn.fully_connected(tflearn.input_data([None, 2]), 1, activation="sigmoid")
    net = tflearn.regression(net, optimizer="sgd", learning_rate=2, loss="mean_square")
    model = tflearn.DNN(net)
    model.fit([[0.0, 0.0], [1.0, 1.0]], [[0.0], [1.0]], n_epoch=100, snapshot_epoch=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 100
    assert lines[0].startswith("| epoch: 001/100 | loss: ")
    assert "accuracy" not in lines[0]
    assert model.predict([[0.0, 0.0]])[0, 0] < 0.3 < 0.7 < model.predict([[1.0, 1.0]])[0, 0]


def test_images_with_preprocessing_and_augmentation(capsys):
    aug = ImageAugmentation()
    aug.add_random_flip_leftright()
    model = classifier(centred(), aug)
    model.fit(X, Y, n_epoch=1, batch_size=200, validation_set=(X[:4], Y[:4]), show_metric=True)
    assert "val_accuracy" in capsys.readouterr().out
    predicted = model.predict(X)
    np.testing.assert_allclose(predicted.sum(axis=1), 1, atol=1e-5)
    hits = (predicted.argmax(1) == Y.argmax(1)).mean()
    np.testing.assert_allclose(model.evaluate(X, Y), [hits], atol=1e-6)
    assert (model.predict_label(X)[:, 0] == predicted.argmax(1)).all()


def test_numbers_of_the_preprocessing_are_saved_with_the_weights(tmp_path):
    model, other = classifier(centred()), classifier(centred())
    with pytest.raises(ValueError, match="is not known yet"):
        model.predict(X)
    model.fit(X, Y, n_epoch=1, validation_set=0.5)
    model.save(str(tmp_path / "net.tflearn"))
    other.load(str(tmp_path / "net.tflearn"))
    np.testing.assert_allclose(other.predict(X), model.predict(X), atol=1e-6)
    np.testing.assert_allclose(other.inputs[0].data_preprocessing.steps[0].value, X[:10].mean())


def test_preprocessing_by_hand():
    prep = centred()
    prep.initialize(X)
    expected = (X - X.mean()) / X.std(axis=(0, 1, 2))
    np.testing.assert_allclose(prep.process(X), expected, rtol=1e-4, atol=1e-5)
    samplewise = ImagePreprocessing()
    samplewise.add_samplewise_zero_center()
    samplewise.add_samplewise_stdnorm()
    done = samplewise.process(X)
    np.testing.assert_allclose(done.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(done.std(axis=(1, 2, 3)), 1, atol=1e-4)


@pytest.mark.parametrize("name", ["flip_leftright", "flip_updown", "90degrees_rotation"])
def test_augmentation_only_moves_pixels(name):
    aug = ImageAugmentation()
    getattr(aug, f"add_random_{name}")()
    moved = aug.apply(X, np.random.Generator(np.random.Philox(0)))
    assert (moved != X).any()
    assert (np.sort(moved.reshape(20, -1)) == np.sort(X.reshape(20, -1))).all()


def test_rotation_and_crop():
    pytest.importorskip("scipy")
    aug = ImageAugmentation()
    aug.add_random_rotation(25.0)
    aug.add_random_crop((3, 2), padding=1)
    assert aug.apply(X, np.random.Generator(np.random.Philox(0))).shape == (20, 3, 2, 2)


def test_several_inputs_by_list_and_by_name():
    a = tflearn.input_data([None, 2], name="a")
    b = tflearn.input_data([None, 3], name="b")
    net = tflearn.fully_connected(tflearn.merge([b, a], "concat"), 1)
    model = tflearn.DNN(tflearn.regression(net, loss="mean_square", metric="R2"))
    x = [np.ones((4, 2)), np.zeros((4, 3))]
    model.fit(x, np.ones(4)[:, None], n_epoch=1)
    np.testing.assert_allclose(model.predict(x), model.predict({"b": x[1], "a": x[0]}))


def test_text_network_with_class_numbers():
    net = tflearn.embedding(tflearn.input_data([None, 5]), 10, 4)
    net = tflearn.lstm(tflearn.gru(net, 3, return_seq=True), 3, dropout=0.8)
    net = tflearn.fully_connected(tflearn.batch_normalization(net), 3, activation="softmax")
    adam = optimizers.Adam(0.01)
    model = tflearn.DNN(tflearn.regression(net, optimizer=adam, to_one_hot=True))
    model.fit(data_utils.pad_sequences([[1, 2], [3]], 5), [0, 2], n_epoch=1)
    assert model.predict([[1, 2, 0, 0, 0]]).shape == (1, 3)


def test_shapes():
    net = tflearn.reshape(tflearn.input_data([None, 16]), [-1, 4, 4, 1])
    assert tflearn.avg_pool_2d(net, [1, 2, 2, 1], padding="valid").shape == (None, 2, 2, 1)
    assert tflearn.global_avg_pool(net).shape == (None, 1)
    assert tflearn.flatten(net).shape == (None, 16)
    assert tflearn.merge([net, net], "elemwise_sum").shape == (None, 4, 4, 1)
    assert tflearn.merge([net, net], "max", axis=3).shape == (None, 4, 4)


def test_numbers_of_losses_and_regularizers():
    np.testing.assert_allclose(float(regularizers.get("L1", 0.1)([-2.0, 1.0])), 0.3, rtol=1e-6)
    np.testing.assert_allclose(float(regularizers.get("L2", 0.1)([-2.0, 1.0])), 0.25, rtol=1e-6)
    loss = objectives.get(lambda y_pred, y_true: y_pred - 3 * y_true)
    assert float(loss(np.ones(2), np.zeros(2))) == -3.0
    np.testing.assert_allclose(
        float(objectives.softmax_categorical_crossentropy([[0.0, 0.0]], [[1.0, 0.0]])), np.log(2)
    )


def test_gradients_are_clipped_and_the_rate_decays():
    model = classifier(optimizer=optimizers.SGD(0.1, lr_decay=0.5, decay_step=10))
    assert model.model.optimizer.global_clipnorm == 5.0
    rate = optimizers.SGD(0.1, lr_decay=0.5, decay_step=10).rate()
    np.testing.assert_allclose(float(rate(20)), 0.025, rtol=1e-6)
    assert optimizers.get("momentum", 0.1).momentum == 0.9


@pytest.mark.parametrize(
    "call",
    [
        lambda: tflearn.DNN(3),
        lambda: tflearn.input_data(),
        lambda: tflearn.dropout(tflearn.input_data([None, 2]), 0),
        lambda: tflearn.fully_connected(tflearn.input_data([None, 2]), 1, activation="rela"),
        lambda: tflearn.DNN(tflearn.input_data([None, 2])).fit([[1, 2]], [[1]]),
        lambda: classifier(optimizer="adan"),
        lambda: classifier(loss="mean_squares"),
        lambda: classifier(metric="acuracy"),
        lambda: tflearn.merge([], "konkat"),
    ],
)
def test_wrong_arguments_are_named(call):
    with pytest.raises(ValueError, match=r"`|Unknown"):
        call()


def test_layers_may_share_a_name():
    net = tflearn.fully_connected(tflearn.input_data([None, 2]), 2, name="fc")
    net = tflearn.fully_connected(tflearn.fully_connected(net, 2, name="fc"), 2, name="fc")
    names = [layer.name for layer in tflearn.DNN(net).model.layers]
    assert [name for name in names if name.startswith("fc")] == ["fc", "fc_1", "fc_2"]

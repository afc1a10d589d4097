import itertools

import pytest

from addax.tuner import HyperParameters
from addax.tuner.gridsearch import combinations
from addax.tuner.hyperparameters import Choice, Fixed, Float, Int, deserialize, serialize


def test_a_new_hyperparameter_has_its_default_and_a_known_one_its_value():
    hp = HyperParameters()
    assert hp.Int("a", 0, 8, default=2) == 2
    assert hp.Int("b", 16, 256) == 16
    assert hp.Float("c", 1e-4, 1e-2, sampling="log") == 1e-4
    assert hp.Choice("d", ["sgd", "adam"]) == "sgd"
    assert hp.Boolean("e") is False
    assert hp.Fixed("f", 3) == 3
    hp.values["b"] = 99
    assert hp.Int("b", 16, 256) == 99
    assert hp.values == {"a": 2, "b": 99, "c": 1e-4, "d": "sgd", "e": False, "f": 3}


def test_get_and_its_errors():
    hp = HyperParameters()
    hp.Choice("kind", ["a", "b"])
    with hp.conditional_scope("kind", "b"):
        hp.Int("units", 1, 2)
    assert hp.get("kind") == hp["kind"] == "a"
    assert "kind" in hp
    assert "units" not in hp
    with pytest.raises(ValueError, match="not active"):
        hp.get("units")
    with pytest.raises(KeyError, match="no hyperparameter 'x'"):
        hp.get("x")


def test_what_is_in_a_conditional_scope_depends_on_the_parent():
    hp = HyperParameters()
    hp.values["kind"] = "cnn"
    hp.Choice("kind", ["mlp", "cnn"])
    with hp.conditional_scope("kind", ["mlp"]):
        assert hp.Int("units", 4, 8) is None
    with hp.conditional_scope("kind", ["cnn"]):
        assert hp.Int("units", 16, 32) == 16
    assert hp.Int("filters", 1, 4, parent_name="kind", parent_values=["cnn"]) == 1
    hp.values["kind"] = "mlp"
    hp.ensure_active_values()
    assert hp.is_active("units")
    assert not hp.is_active("filters")
    assert "filters" not in hp.values


def test_a_scope_needs_a_known_parent():
    with (
        pytest.raises(ValueError, match="no hyperparameter 'kind'"),
        HyperParameters().conditional_scope("kind", 1),
    ):
        pass


def test_name_scopes_prefix_names():
    hp = HyperParameters()
    with hp.name_scope("encoder"), hp.name_scope("first"):
        hp.Int("units", 1, 3)
    assert hp.values == {"encoder/first/units": 1}


def test_a_copy_and_a_config_hold_space_and_values():
    hp = HyperParameters()
    hp.Choice("kind", [1, 2])
    hp.Float("rate", 0.1, 0.5, step=0.1, parent_name="kind", parent_values=2)
    hp.Fixed("n", "x")
    new = hp.copy()
    assert new.get_config() == hp.get_config()
    new.values["kind"] = 2
    assert hp.values["kind"] == 1
    assert [p.name for p in new.space] == ["kind", "rate", "n"]


@pytest.mark.parametrize(
    "parameter",
    [
        Int("a", 1, 9),
        Int("a", 1, 9, step=3),
        Int("a", 1, 100, sampling="log"),
        Int("a", 1, 100, sampling="reverse_log"),
        Int("a", 4, 64, step=2, sampling="log"),
        Float("a", -1, 1, step=0.5),
        Choice("a", ["x", "y", "z"]),
        Fixed("a", 7),
    ],
)
def test_every_value_lies_in_its_own_part_of_the_unit_interval(parameter):
    for value in parameter.values:
        assert parameter.from_unit(parameter.to_unit(value)) == value
    found = {parameter.from_unit(i / 1000) for i in range(1001)}
    assert found == set(parameter.values)
    assert serialize(deserialize(serialize(parameter))) == serialize(parameter)


def test_places_of_real_numbers():
    log = Float("a", 1e-4, 1e-2, sampling="log")
    assert log.from_unit(0.5) == pytest.approx(1e-3)
    assert log.to_unit(1e-3) == pytest.approx(0.5)
    reverse = Float("a", 1e-4, 1e-2, sampling="reverse_log")
    assert reverse.from_unit(0.5) == pytest.approx(1e-4 + 1e-2 - 1e-3)
    assert reverse.to_unit(reverse.from_unit(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("kind", "args", "message"),
    [
        (Int, (5, 1), "must not be above"),
        (Int, (0.5, 1), "must be an integer"),
        (Int, (1, 5, 0), "`step`"),
        (Float, (0, 1, None, "log"), "above 0"),
        (Float, (0, 1, None, "cubic"), "must be one of"),
        (Choice, ([],), "must not be empty"),
        (Choice, (["a", "b"], None, "c"), "must be one of"),
    ],
)
def test_wrong_ranges_are_refused(kind, args, message):
    with pytest.raises(ValueError, match=message):
        kind("a", *args)


def test_values_of_several_types_are_refused():
    with pytest.raises(TypeError, match="of one type"):
        Choice("a", [1, "x"])
    with pytest.raises(TypeError, match="int, float, str or bool"):
        Fixed("a", [1])


def test_combinations_leave_out_what_is_not_active():
    hp = HyperParameters()
    hp.Choice("kind", ["a", "b"])
    hp.Int("n", 1, 2, parent_name="kind", parent_values="b")
    assert list(combinations(hp.space, {})) == [
        {"kind": "a"},
        {"kind": "b", "n": 1},
        {"kind": "b", "n": 2},
    ]
    plain = HyperParameters()
    plain.Boolean("x")
    plain.Int("y", 1, 3)
    found = [tuple(c.values()) for c in combinations(plain.space, {})]
    assert found == list(itertools.product([False, True], [1, 2, 3]))

"""Fifty updates by every optimizer, against Keras: weights, order of the state, config."""

import pytest

from tests.optimizers.compare import assert_same

# Keras turns its Variables into floats through NumPy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RULES = {
    "sgd": ("SGD", {}),
    "sgd momentum": ("SGD", {"momentum": 0.9}),
    "sgd nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop momentum": ("RMSprop", {"momentum": 0.5}),
    "rmsprop centered": ("RMSprop", {"momentum": 0.5, "centered": True, "rho": 0.8}),
    "adam": ("Adam", {"learning_rate": 0.1}),
    "amsgrad": ("Adam", {"amsgrad": True, "beta_2": 0.9}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "adamax": ("Adamax", {"learning_rate": 0.05}),
    "nadam": ("Nadam", {"learning_rate": 0.05}),
    "adagrad": ("Adagrad", {"learning_rate": 0.5}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0}),
    "ftrl": ("Ftrl", {"learning_rate": 0.1}),
    "ftrl regularized": (
        "Ftrl",
        {
            "learning_rate": 0.1, "learning_rate_power": -0.7, "beta": 0.3,
            "l1_regularization_strength": 0.5, "l2_regularization_strength": 0.2,
            "l2_shrinkage_regularization_strength": 0.1,
        },
    ),
    "lion": ("Lion", {"weight_decay": 0.1}),
    "lamb": ("Lamb", {"learning_rate": 0.01, "weight_decay": 0.01}),
    "adafactor": ("Adafactor", {"learning_rate": 0.5}),
    "adafactor absolute": ("Adafactor", {"relative_step": False, "clip_threshold": 0.5}),
    "schedule free": ("ScheduleFreeAdamW", {"learning_rate": 0.05}),
    "schedule free warmup": (
        "ScheduleFreeAdamW", {"beta_1": 0.8, "warmup_steps": 20, "weight_decay": 0.1},
    ),
    "muon": ("Muon", {"learning_rate": 0.01}),
    "muon options": (
        "Muon",
        {
            "nesterov": False, "rms_rate": None, "adam_lr_ratio": 0.5, "ns_steps": 2,
            "exclude_layers": ["tall"], "adam_weight_decay": 0.1, "weight_decay": 0.2,
        },
    ),
}  # fmt: skip

OPTIONS = {
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "weight_decay": {"weight_decay": 0.05},
    "ema": {"use_ema": True, "ema_momentum": 0.8},
    "ema overwrite": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 7},
    "accumulation": {"gradient_accumulation_steps": 4},
    "accumulation and all": {
        "gradient_accumulation_steps": 3, "use_ema": True, "ema_momentum": 0.8,
        "ema_overwrite_frequency": 2, "weight_decay": 0.05, "clipnorm": 0.5,
        "loss_scale_factor": 4.0,
    },
    "schedule": {"learning_rate": ("schedule", "ExponentialDecay", (0.1, 10, 0.5))},
    "schedule and accumulation": {
        "learning_rate": ("schedule", "PiecewiseConstantDecay", ([10, 21], [0.1, 0.02, 0.05])),
        "gradient_accumulation_steps": 4,
    },
}  # fmt: skip


@pytest.mark.parametrize("case", RULES)
def test_rule(case):
    name, arguments = RULES[case]
    assert_same(name, **arguments)


@pytest.mark.parametrize("case", OPTIONS)
def test_option(case):
    assert_same("Adam", **OPTIONS[case])


@pytest.mark.parametrize("name", ["Nadam", "Adamax", "Lion", "Adafactor"])
def test_accumulation_keeps_time(name):
    assert_same(name, steps=9, gradient_accumulation_steps=2, use_ema=True)


@pytest.mark.parametrize("name", ["AdamW", "Muon"])
def test_exclude_from_weight_decay(name):
    def spare(optimizer):
        optimizer.exclude_from_weight_decay(var_names=["bi.s", "not/there"])

    assert_same(name, steps=5, weight_decay=0.5, before=spare)

"""Object <-> config <-> name: one table for strings, files and Keras interchange."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from addax import errors

T = TypeVar("T")

_SINGULAR = {
    "losses": "loss",
    "metrics": "metric",
    "optimizers": "optimizer",
    "schedules": "learning rate schedule",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
    "activations": "activation",
    "layers": "layer",
    "models": "model",
    "callbacks": "callback",
    "ops": "op",
    "dtype_policies": "dtype policy",
}
# where Keras keeps each kind, for files that both read
_KERAS_MODULES = {
    "schedules": "keras.optimizers.schedules",
    "models": "keras",
    "dtype_policies": "keras",
}

_tables: dict[str, dict[str, Any]] = {kind: {} for kind in _SINGULAR}
_custom: dict[str, Any] = {}
_scoped: ContextVar[tuple[dict[str, Any], ...]] = ContextVar("scoped", default=())


def register(kind: str, name: str | None = None, aliases: tuple[str, ...] = ()) -> Callable[[T], T]:
    """Make an object known under its name and `aliases`.

    Args:
        kind: `"losses"`, `"layers"`, ...
        name: default: the object's own name.
        aliases: further names, such as `("mse", "MSE")`.
    """

    def decorate(item: T) -> T:
        table = _tables[kind]
        own = name or item.__name__  # type: ignore[attr-defined]
        for key in (own, *aliases):
            table[key] = item
        if inspect.isclass(item):
            table.setdefault(_snake(own), item)
            item._registry_kind = kind  # type: ignore[attr-defined]
        return item

    return decorate


def _snake(name: str) -> str:
    pieces = []
    for i, letter in enumerate(name):
        starts_word = name[i + 1 : i + 2].islower()
        if letter.isupper() and i > 0 and (starts_word or name[i - 1].islower()):
            pieces.append("_")
        pieces.append(letter.lower())
    return "".join(pieces)


def snake_case(name: str) -> str:
    """Return `name` in snake case, as default names of layers are made.

    Example:
        >>> snake_case("MaxPooling2D"), snake_case("LSTM")
        ('max_pooling2d', 'lstm')
    """
    return _snake(name)


def names(kind: str) -> list[str]:
    """Return all names of a kind, sorted."""
    return sorted(_tables[kind])


def find(kind: str, name: str) -> Any:
    """Return the object of this name, own objects first.

    Raises:
        ValueError: if there is none, with the nearest names.
    """
    for objects in (*reversed(_scoped.get()), _custom):
        if name in objects:
            return objects[name]
    table = _tables[kind]
    if name in table:
        return table[name]
    own = {key.rsplit(">", 1)[-1]: value for key, value in _custom.items()}
    if name in own:
        return own[name]
    raise errors.unknown_name(_SINGULAR[kind], name, [*table, *own])


def get(kind: str, identifier: Any, instantiate: bool = True) -> Any:
    """Resolve None, a name, a class, a config or an object: the only resolver.

    Args:
        kind: `"losses"`, `"activations"`, ...
        identifier: what the user gave.
        instantiate: whether a class is called without arguments.

    Raises:
        ValueError: if nothing of this kind can be made of it.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize(identifier, kind=kind)
    found = find(kind, identifier) if isinstance(identifier, str) else identifier
    if inspect.isclass(found) and instantiate:
        return found()
    if callable(found) or not isinstance(identifier, str):
        if not callable(found) and kind not in ("optimizers", "callbacks"):
            raise ValueError(
                f"A {_SINGULAR[kind]} must be a name, a config, a class or a callable. "
                f"Received: {identifier!r}"
            )
        return found
    return found


Translator = Callable[[type, dict[str, Any]], dict[str, Any]]
_translate_kwargs: Translator | None = None


def set_kwargs_translator(translator: Translator | None) -> None:
    """Let `translator(cls, kwargs)` rename keywords that a constructor does not know."""
    global _translate_kwargs
    _translate_kwargs = translator


class Configurable:
    """Derives `get_config` and `from_config` from the constructor.

    The constructor's arguments are recorded when the object is made. `get_config`
    gives, for each, the attribute of the same name when there is one, so that
    `layer.trainable = False` survives, and else the recorded value.
    """

    _registry_kind: ClassVar[str] = ""
    _init_arguments: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in cls.__dict__:
            cls.__init__ = _recording(cls, cls.__dict__["__init__"])  # type: ignore[method-assign]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments as plain, serializable values."""
        recorded = getattr(self, "_init_arguments", {})
        return {name: _plain(getattr(self, name, value)) for name, value in recorded.items()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make an object from `get_config()`."""
        return cls(**{name: deserialize(value) for name, value in config.items()})


def constructor_arguments(cls: type) -> set[str]:
    """Return the names that a constructor takes, through `**kwargs` also those of its bases.

    Example:
        >>> sorted(constructor_arguments(CustomObjectScope))
        []
    """
    found: set[str] = set()
    for base in cls.__mro__:
        if "__init__" not in base.__dict__:
            continue
        parameters = list(inspect.signature(base.__dict__["__init__"]).parameters.values())[1:]
        found |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def _plain(value: Any) -> Any:
    return serialize(value)


def _recording(cls: type, init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a constructor so that the outermost call records its bound arguments."""
    signature = inspect.signature(init)
    parameters = list(signature.parameters.values())[1:]
    accepted = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    var_keyword = next((p.name for p in parameters if p.kind == p.VAR_KEYWORD), None)
    var_positional = next((p.name for p in parameters if p.kind == p.VAR_POSITIONAL), None)

    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> None:
        own = type(self).__init__ is wrapped  # inherited constructors count as one's own
        outermost = own and "_init_arguments" not in self.__dict__
        if outermost and _translate_kwargs is not None and kwargs.keys() - accepted:
            kwargs = _translate_kwargs(type(self), kwargs)
        if not outermost:
            init(self, *args, **kwargs)
            return
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError as error:
            raise TypeError(_bad_call(type(self), accepted, kwargs, error)) from None
        bound.apply_defaults()
        recorded = dict(list(bound.arguments.items())[1:])
        if var_keyword:
            recorded.update(recorded.pop(var_keyword))
        if var_positional:
            recorded.pop(var_positional)
        object.__setattr__(self, "_init_arguments", recorded)
        init(self, *args, **kwargs)

    return wrapped


def _bad_call(cls: type, accepted: set[str], kwargs: dict[str, Any], error: TypeError) -> str:
    unknown = [name for name in kwargs if name not in accepted]
    if not unknown:
        return f"{cls.__name__}: {error}"
    hint = errors.suggestion(unknown[0], accepted)
    return f"`{cls.__name__}` has no argument `{unknown[0]}`.{hint} Received: {sorted(kwargs)}"


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """Register a class or function of your own, so that files and names find it.

    Args:
        package: prefix of the registered name.
        name: default: the object's own name.

    Example:
        >>> @register_keras_serializable("MyPackage")
        ... def my_activation(x):
        ...     return x
        >>> get_registered_name(my_activation)
        'MyPackage>my_activation'
    """

    def decorate(item: T) -> T:
        own = name or item.__name__  # type: ignore[attr-defined]
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise ValueError(f"Cannot register class {own}: it has no `get_config()` method.")
        _custom[f"{package}>{own}"] = item
        return item

    return decorate


def get_registered_name(item: Any) -> str:
    """Return the name an object was registered under, else its own name."""
    for key, value in _custom.items():
        if value is item:
            return key
    return str(item.__name__)


def get_registered_object(
    name: str,
    custom_objects: dict[str, Any] | None = None,
    module_objects: dict[str, Any] | None = None,
) -> Any:
    """Return the object registered under `name`, or None."""
    for objects in (*reversed(_scoped.get()), _custom, custom_objects or {}, module_objects or {}):
        if name in objects:
            return objects[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """Return the table of registered own objects; it can be changed in place.

    Example:
        >>> get_custom_objects()["my_thing"] = len
        >>> _ = get_custom_objects().pop("my_thing")
    """
    return _custom


class CustomObjectScope:
    """Make own objects known by name inside a `with` block.

    Args:
        *args: dicts of objects by name.

    Example:
        >>> with CustomObjectScope({"twice": lambda x: 2 * x}):
        ...     find("activations", "twice")(3)
        6
    """

    def __init__(self, *args: dict[str, Any]) -> None:
        self._objects: dict[str, Any] = {}
        for objects in args:
            self._objects.update(objects)

    def __enter__(self) -> CustomObjectScope:
        self._token = _scoped.set((*_scoped.get(), self._objects))
        return self

    def __exit__(self, *exception: object) -> None:
        _scoped.reset(self._token)


custom_object_scope = CustomObjectScope


@contextlib.contextmanager
def extra_objects(custom_objects: dict[str, Any] | None) -> Iterator[None]:
    """Like `CustomObjectScope`, for an optional dict."""
    with CustomObjectScope(custom_objects or {}):
        yield


_encoders: list[Callable[[Any], Any]] = []
_decoders: dict[str, Callable[[dict[str, Any]], Any]] = {}


def add_codec(
    class_name: str, encode: Callable[[Any], Any], decode: Callable[[dict[str, Any]], Any]
) -> None:
    """Teach `serialize` a type: `encode` returns a dict or None, `decode` takes its dict."""
    _encoders.append(encode)
    _decoders[class_name] = decode


def serialize(item: Any) -> Any:
    """Return `item` as JSON-ready values, in the form of Keras 3's files.

    Args:
        item: None, numbers, strings, lists, dicts, functions of the registry, or
            any object with `get_config`.
    """
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    if isinstance(item, tuple):
        return [serialize(part) for part in item]
    if isinstance(item, list):
        return [serialize(part) for part in item]
    if isinstance(item, dict):
        return {key: serialize(value) for key, value in item.items()}
    for encode in _encoders:
        encoded = encode(item)
        if encoded is not None:
            return encoded
    if hasattr(item, "get_config") and not inspect.isclass(item):
        return serialize_object(item)
    if getattr(item, "ndim", None) == 0 and hasattr(item, "numpy"):
        return item.numpy().item()
    if getattr(item, "ndim", None) == 0 and hasattr(item, "item"):
        return item.item()
    if callable(item):
        return _serialize_callable(item)
    raise TypeError(
        f"Cannot serialize {item!r} of type {type(item).__name__}. Give its class a "
        "`get_config()` method, or pass a registered object."
    )


def _serialize_callable(item: Any) -> Any:
    registered = next((k for k, v in _custom.items() if v is item), None)
    kind = next(
        (k for k, table in _tables.items() if table.get(getattr(item, "__name__", "")) is item),
        None,
    )
    if kind and registered is None:
        return item.__name__
    name = getattr(item, "__name__", type(item).__name__)
    if name == "<lambda>":
        return {"class_name": "__lambda__", "config": {"value": None}, "registered_name": name}
    return {
        "module": "builtins",
        "class_name": "type" if inspect.isclass(item) else "function",
        "config": name,
        "registered_name": registered or ("type" if inspect.isclass(item) else "function"),
    }


def keras_module(cls: type) -> str | None:
    """Return the Keras module of a built-in class, None for a user's class."""
    kind = getattr(cls, "_registry_kind", "")
    if not kind or _tables[kind].get(cls.__name__) is not cls:
        return None
    return getattr(cls, "_keras_module", None) or _KERAS_MODULES.get(kind, f"keras.{kind}")


def serialize_object(item: Any) -> dict[str, Any]:
    """Return the config dict of an object with `get_config`."""
    cls = type(item)
    module = keras_module(cls)
    registered = None if module else get_registered_name(cls)
    name = cls.__name__
    identity = getattr(item, "_config_identity", None)
    if identity is not None and identity() is not None:
        module, name, registered = identity()
    config: dict[str, Any] = {
        "module": module,
        "class_name": name,
        "config": serialize(item.get_config()),
        "registered_name": registered,
    }
    build_config = getattr(item, "get_build_config", None)
    if build_config is not None:
        built = build_config()
        if built is not None:
            config["build_config"] = serialize(built)
    return config


_LAMBDA = (
    "The config holds a Python lambda, which is code and is not loaded. Give the function a name, "
    "register it with `register_keras_serializable`, and save the model again, or pass it in "
    "`custom_objects`."
)


def deserialize(
    config: Any, custom_objects: dict[str, Any] | None = None, kind: str | None = None
) -> Any:
    """Return what `serialize` wrote, by looking names up and never importing one.

    Args:
        config: the value to rebuild.
        custom_objects: own classes and functions by name.
        kind: where to look a bare class name up first.

    Raises:
        ValueError: if a class or function is not known, or is a lambda.
    """
    with extra_objects(custom_objects):
        return _deserialize(config, kind)


def _deserialize(config: Any, kind: str | None = None) -> Any:
    if isinstance(config, list):
        return [_deserialize(item) for item in config]
    if not isinstance(config, dict):
        return config
    class_name = config.get("class_name")
    if not isinstance(class_name, str) or "config" not in config:
        return {key: _deserialize(value) for key, value in config.items()}
    if class_name in _decoders:
        return _decoders[class_name](config)
    if class_name in ("__lambda__", "lambda"):
        raise ValueError(_LAMBDA)
    if class_name in ("function", "type"):
        return find_anywhere(config["config"], config.get("registered_name"), kind)
    cls = find_anywhere(class_name, config.get("registered_name"), kind or _kind_of(config))
    if not inspect.isclass(cls):
        return cls
    inner = config["config"] or {}
    make = getattr(cls, "from_config", None)
    if make is None:
        raise ValueError(f"Class {class_name!r} has no `from_config()` and cannot be loaded.")
    item = make(inner)
    build_config = config.get("build_config")
    if build_config and hasattr(item, "build_from_config"):
        item.build_from_config(_deserialize(build_config))
    return item


def _kind_of(config: dict[str, Any]) -> str | None:
    module = str(config.get("module") or "")
    if module.endswith("schedules"):
        return "schedules"
    return next((kind for kind in _tables if f".{kind}" in module), None)


def find_anywhere(name: str, registered_name: str | None = None, kind: str | None = None) -> Any:
    """Return a registered object by name, whatever its kind; `kind` is tried first."""
    for objects in (*reversed(_scoped.get()), _custom):
        for key in (registered_name, name):
            if key and key in objects:
                return objects[key]
    order = [kind] if kind else []
    order += [other for other in ("layers", "models", *_tables) if other not in order]
    for table in order:
        if name in _tables[table]:
            return _tables[table][name]
    known = [key for table in _tables.values() for key in table] + list(_custom)
    raise errors.unknown_name(_SINGULAR.get(kind or "", "class or function"), name, known)

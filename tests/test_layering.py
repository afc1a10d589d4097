"""A module imports only from the rows before its own, at module level; only the engine has JAX."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From bottom to top; a row may import from itself and from the rows before it.
ROWS = [
    "addax.config addax.errors addax.tree",
    "addax.engine",
    "addax.core.registry addax.core.dtypes",
    "addax.core.tensor",
    "addax.core.variable",
    "addax.core.graph",
    "addax.core",
    "addax.ops",
    "addax.initializers addax.regularizers addax.constraints addax.activations",
    "addax.layers.base addax.layers.tracking addax.layers.input_spec",
    "addax.layers",
    "addax.losses addax.metrics addax.optimizers",
    "addax.data",
    "addax.callbacks",
    "addax.io",
    "addax.training",
    "addax.models",
    "LEAVES",
    "addax.compat",
    "addax",
    "addax.cli addax.__main__",
]
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row.split()}
ENGINES = {"jax", "jaxlib", "flax", "torch"}
FILES = sorted((ROOT / "addax").rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rank(module: str) -> int:
    """Row of the longest listed prefix; a package that has no row of its own is a leaf."""
    if module == "addax":
        return RANK["addax"]
    prefixes = [module.rsplit(".", n)[0] for n in range(module.count("."))]
    return next((RANK[name] for name in prefixes if name in RANK), RANK["LEAVES"])


def imported_names(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = ".".join(package.split(".")[: package.count(".") + 2 - node.level]) if node.level else ""
    module = ".".join(filter(None, (base, node.module)))
    return [
        f"{module}.{alias.name}" if is_module(f"{module}.{alias.name}") else module
        for alias in node.names
    ]


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_name(f"{path.name}.py").exists()


def is_typing_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def violations(path: Path) -> list[str]:
    module = module_name(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {id(n) for guard in ast.walk(tree) if is_typing_guard(guard) for n in ast.walk(guard)}
    found = []

    def visit(node: ast.AST, in_function: bool) -> None:
        for name in imported_names(node, package):
            where = f"{path.relative_to(ROOT)}:{node.lineno} imports {name}"
            if name.split(".")[0] in ENGINES and not module.startswith("addax.engine"):
                found.append(f"{where}: only addax.engine may")
            if name.split(".")[0] != "addax" or id(node) in guarded:
                continue
            if rank(name) > rank(module):
                found.append(f"{where}: that is above it")
            elif in_function and rank(module) < RANK["LEAVES"]:
                found.append(f"{where} inside a function")
        in_function |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, in_function)

    visit(tree, in_function=False)
    return found


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_only_from_rows_above(path):
    assert violations(path) == []


def test_the_rule_itself_sees_a_breach(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "addax" / "core").mkdir(parents=True)
    path = tmp_path / "addax" / "core" / "tensor.py"
    path.write_text("import jax\nfrom ..models import x\ndef f():\n    from addax import config\n")
    assert len(violations(path)) == 3

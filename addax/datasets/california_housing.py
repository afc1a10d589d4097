"""House prices in California, 1990: 8 numbers a block group."""

from __future__ import annotations

from addax import errors
from addax.datasets._local import STORAGE, find
from addax.datasets._tables import Split, check_test_split, read, split

_SMALL = 600


def load_data(
    version: str = "large",
    path: str = "california_housing.npz",
    test_split: float = 0.2,
    seed: int = 113,
) -> Split:
    """Load the California housing table from a local file.

    Args:
        version: `"large"` for all 20,640 rows, `"small"` for the first 600.
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.
        test_split: share of the rows, in [0, 1), that the test set gets.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `(n, 8)` float32 and prices `(n,)`, in dollars in
        the official file.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
        ValueError: for any other `version`, or if `test_split` is not in [0, 1).

    Reference:
        R. Pace, R. Barry 1997, doi:10.1016/S0167-7152(96)00140-X.
    """
    check_test_split("california_housing", test_split)
    errors.one_of("california_housing.load_data", "version", version, ("small", "large"))
    url = STORAGE + "california_housing.npz"
    x, y = read(find("california_housing", path, url=url, takes_path=True))
    rows = _SMALL if version == "small" else len(x)
    return split(x[:rows], y[:rows], test_split, seed)

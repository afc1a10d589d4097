"""House prices in Boston, 1978: 13 numbers a district."""

from __future__ import annotations

from addax.datasets._local import STORAGE, find
from addax.datasets._tables import Split, check_test_split, read, split


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Split:
    """Load the Boston housing table from a local file.

    One column, built on the assumption that people pay to live apart by race, makes this set
    unfit for anything but a comparison with old results; `california_housing` is the better one.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.
        test_split: share of the rows, in [0, 1), that the test set gets.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `(404, 13)` and `(102, 13)` floats, and prices in
        1,000 dollars, 5 to 50.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
        ValueError: if `test_split` is not in [0, 1).

    Reference:
        D. Harrison, D. Rubinfeld 1978, doi:10.1016/0095-0696(78)90006-2.
    """
    check_test_split("boston_housing", test_split)
    url = STORAGE + "boston_housing.npz"
    return split(*read(find("boston_housing", path, url=url, takes_path=True)), test_split, seed)

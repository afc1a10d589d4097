"""Small datasets to start with; `digits` ships with Addax, the others read local files."""

from addax.datasets import boston_housing as boston_housing
from addax.datasets import california_housing as california_housing
from addax.datasets import cifar10 as cifar10
from addax.datasets import cifar100 as cifar100
from addax.datasets import digits as digits
from addax.datasets import fashion_mnist as fashion_mnist
from addax.datasets import imdb as imdb
from addax.datasets import mnist as mnist
from addax.datasets import reuters as reuters

"""`python -m addax`: run scripts written for Keras, see a demo, ask for versions."""

import sys

from addax.cli import main

sys.exit(main())

"""Warnings that name the cause when training cannot work.

Nothing here runs in the compiled steps: the layers, the loss and the first batch are looked at
before the first step, the loss between epochs, and anything dearer only when the loss is NaN or
does not go down.
"""

from addax.training.diagnostics.epochs import Watch as Watch
from addax.training.diagnostics.warning import TrainingWarning as TrainingWarning

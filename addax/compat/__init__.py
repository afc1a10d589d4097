"""Old names and old imports, as tables. Nothing else in Addax knows them.

`attach` gives old spellings to Addax' own classes and packages; `install` lets scripts written
for Keras, tf.keras, KerasTuner or TFLearn run on Addax as they are.
"""

from addax.compat.attach import attach as attach
from addax.compat.modules import install as install
from addax.compat.modules import uninstall as uninstall

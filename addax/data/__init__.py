"""From whatever users call data to NumPy batches `(x, y, sample_weight)`.

`as_source` is the one entrance and `Source` the one exit; `BatchWindows` stacks the batches of
a source, while the device computes.
"""

from addax.data.adapters import ADAPTERS as ADAPTERS
from addax.data.adapters import Adapter as Adapter
from addax.data.adapters import as_source as as_source
from addax.data.convert import holds_texts as holds_texts
from addax.data.dataset import PyDataset as PyDataset
from addax.data.dataset import Sequence as Sequence
from addax.data.mapped import MappedSource as MappedSource
from addax.data.mapped import map_inputs as map_inputs
from addax.data.order import epoch_order as epoch_order
from addax.data.rows import RowBuffers as RowBuffers
from addax.data.rows import RowWindows as RowWindows
from addax.data.source import ArraySource as ArraySource
from addax.data.source import Batch as Batch
from addax.data.source import Source as Source
from addax.data.source import StreamSource as StreamSource
from addax.data.split import pack_x_y_sample_weight as pack_x_y_sample_weight
from addax.data.split import split_validation as split_validation
from addax.data.split import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from addax.data.stacking import BatchWindows as BatchWindows
from addax.data.stacking import Window as Window

"""What TensorBoard shows, written without TensorFlow; needs the extra `tensorboard`."""

from addax.callbacks.tensorboard.callback import TensorBoard as TensorBoard
from addax.callbacks.tensorboard.graph import model_graph as model_graph
from addax.callbacks.tensorboard.projector import write_projector as write_projector
from addax.callbacks.tensorboard.writer import SummaryWriter as SummaryWriter

"""Who does the work: one after another, threads, processes, or a cluster. The same plan gives the same bits in each."""

from diaban.engine.executors.protocol import Cancelled, Executor, Progress, quiet
from diaban.engine.executors.serial import Serial
from diaban.engine.executors.threads import Threads

__all__ = ["Cancelled", "Executor", "Progress", "Serial", "Threads", "quiet"]

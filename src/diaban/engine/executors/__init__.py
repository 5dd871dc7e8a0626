"""Who does the work: one after another, threads, processes, or a cluster. The same plan gives the same bits in each."""

from diaban.engine.executors.dask import Dask, NoCluster
from diaban.engine.executors.processes import Processes, WorkerDied
from diaban.engine.executors.protocol import Cancelled, Executor, Progress, quiet
from diaban.engine.executors.serial import Serial
from diaban.engine.executors.threads import Threads, processors

__all__ = [
    "Cancelled",
    "Dask",
    "Executor",
    "NoCluster",
    "Processes",
    "Progress",
    "Serial",
    "Threads",
    "WorkerDied",
    "processors",
    "quiet",
]

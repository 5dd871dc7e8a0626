"""The life of a hot-spot: states, guarded steps, corrections that leave a trace, and the flow identity of a period."""

from diaban.core.lifecycle.flow import Flow, Standing, flow, flow_by, moves
from diaban.core.lifecycle.guards import Problem, Settings, StepRefused, add_months
from diaban.core.lifecycle.history import (
    UNDO,
    Entry,
    History,
    Step,
    apply,
    as_known,
    permitted,
    problems_of,
    state_on,
    undo,
)
from diaban.core.lifecycle.workflow import Movement, Requirement, State, Transition, Workflow, WorkflowError

__all__ = [
    "UNDO",
    "Entry",
    "Flow",
    "History",
    "Movement",
    "Problem",
    "Requirement",
    "Settings",
    "Standing",
    "State",
    "Step",
    "StepRefused",
    "Transition",
    "Workflow",
    "WorkflowError",
    "add_months",
    "apply",
    "as_known",
    "flow",
    "flow_by",
    "moves",
    "permitted",
    "problems_of",
    "state_on",
    "undo",
]

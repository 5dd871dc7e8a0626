"""Forms of the registers: they parse what was typed; the actions and the lifecycle decide whether it stands."""

from diaban.apps.hotspots.forms.fields import refuse
from diaban.apps.hotspots.forms.incidents import IncidentForm, QuickIncidentForm, seizure_lines
from diaban.apps.hotspots.forms.routes import RouteForm, ValueForm
from diaban.apps.hotspots.forms.spots import HotspotForm, PlaceForm, QuickSpotForm, StepForm, UndoForm
from diaban.apps.hotspots.forms.voiding import VoidForm

__all__ = [
    "HotspotForm",
    "IncidentForm",
    "PlaceForm",
    "QuickIncidentForm",
    "QuickSpotForm",
    "RouteForm",
    "StepForm",
    "UndoForm",
    "ValueForm",
    "VoidForm",
    "refuse",
    "seizure_lines",
]

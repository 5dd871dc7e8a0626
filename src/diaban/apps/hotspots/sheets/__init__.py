"""The registers of this app as sheets of a workbook."""

from diaban.apps.exchange.registry import register_sheet
from diaban.apps.hotspots.sheets.incidents import IncidentSheet
from diaban.apps.hotspots.sheets.routes import RouteSheet
from diaban.apps.hotspots.sheets.spots import HotspotSheet

register_sheet(HotspotSheet())
register_sheet(IncidentSheet())
register_sheet(RouteSheet())

"""An answer in the shapes that people take away: text, JSON, GeoJSON, a workbook, pictures."""

"""The outside world behind small doors: workbooks, documents, geometry, the clock. No Django here."""

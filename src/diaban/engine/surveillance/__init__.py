"""Surveillance in time: is a series of counts rising above what its past explains, and how often would that be wrong?

`counts` is what comes in; `farrington`, `ears`, `charts` are methods; `models` are baselines with season and trend;
`calibration` turns a rate of false alarms into a threshold; `recurrence` watches resolved places, `province` all
places together. See docs/methods/surveillance.md and docs/methods/recurrence-watch.md.
"""

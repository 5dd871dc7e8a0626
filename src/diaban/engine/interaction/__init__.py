"""Do events that are near in space also come near in time? Knox's test and near repeats."""

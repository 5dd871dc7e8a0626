"""Check: local statistics against published figures and other programs' outputs, file by file.

    python bench/oracles_local.py FOLDER

FOLDER holds `r-packages/` with getisord.csv, columbus_oracle.csv, ncsids_oracle.csv, sfdep_bos_gi.csv and
sfdep_bos_ehsa.csv. Neighbours of Columbus and North Carolina come with libpysal. Prints ours | expected | difference
per line and exits with 1 on a difference. Sources: A. Getis and J. K. Ord (1996) by spdep's example; spdep 1.2.7 on
Columbus and North Carolina; esda's own tests; trends of sfdep's Boston example.
"""

from __future__ import annotations

import csv
import sys
import warnings
from pathlib import Path

import esda
import libpysal
import numpy as np
from libpysal.weights import Queen, W

from diaban.engine.local import Inference, Neighbours, from_pairs, gi, global_g, global_moran, moran, touching, within
from diaban.engine.positions import Positions
from diaban.engine.trend import mann_kendall

WRONG: list[str] = []
NORMAL = Inference.NORMAL


def line(what: str, ours: float, expected: float, allowed: float) -> None:
    """Print one comparison."""
    apart = abs(ours - expected)
    good = apart <= allowed
    if not good:
        WRONG.append(what)
    print(f"{what:<52} {ours:>16.9g} | {expected:>16.9g} | {apart:.1e}{'' if good else '  DIFFERENT'}")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def directed(weights: W) -> Neighbours:
    """Return libpysal's neighbours as ours."""
    place = {name: number for number, name in enumerate(weights.id_order)}
    pairs = [(place[one], place[other]) for one in weights.id_order for other in weights.neighbors[one]]
    return from_pairs(len(place), *np.array(pairs).T)


def getis_ord(folder: Path) -> None:
    """Check the grid of Getis and Ord (1996), cell 120."""
    rows = read(folder / "getisord.csv")
    values = np.array([float(row["val"]) for row in rows])
    places = Positions(np.array([float(row["x"]) for row in rows]), np.array([float(row["y"]) for row in rows]))
    plain = (1.221979, 1.748098, 1.986135, 1.893374, 1.237454)
    star = (1.450780, 1.900559, 2.096939, 1.981907, 1.306698)
    for metres, one, other in zip((30, 60, 90, 120, 150), plain, star, strict=True):
        near = within(places, metres)
        line(f"Getis-Ord 1996, G, d = {metres}", gi(values, near, star=False, inference=NORMAL).z[119], one, 5e-7)
        line(f"Getis-Ord 1996, G*, d = {metres}", gi(values, near, inference=NORMAL).z[119], other, 5e-7)


def columbus(folder: Path) -> None:
    """Check Columbus with spdep's 230 neighbours."""
    rows = read(folder / "columbus_oracle.csv")
    crime = np.array([float(row["CRIME"]) for row in rows])
    listed = libpysal.io.open(libpysal.examples.get_path("spdep_listw2WB_columbus"), "r", "geobugs_text")
    near = directed(listed.read())
    listed.close()
    found = global_moran(crime, near.standardised(), replicates=0)
    line("Columbus, Moran's I", found.statistic, 0.4857709, 5e-8)
    line("Columbus, Moran's z", found.z, 5.342714, 5e-7)
    whole = global_g(crime, near, replicates=0)
    line("Columbus, G", whole.statistic, 0.1227242, 5e-8)
    line("Columbus, expected G", whole.expected, 0.09778912, 5e-9)
    line("Columbus, variance of G", whole.variance, 3.383972e-5, 5e-12)
    z = gi(crime, near, inference=NORMAL).z
    for row, ours in zip(rows, z, strict=True):
        line(f"Columbus, Gi* of #{row['id']}", ours, float(row["Gistar"]), 1e-9)


def carolina(folder: Path) -> None:
    """Check North Carolina, queen."""
    rows = read(folder / "ncsids_oracle.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        near = directed(Queen.from_shapefile(libpysal.examples.get_path("sids2.shp")))
    rate = np.array([1000 * float(row["SID74"]) / float(row["BIR74"]) for row in rows])
    found = global_moran(rate, near.standardised(), replicates=0)
    line("North Carolina, Moran's I", found.statistic, 0.2309104, 5e-8)
    line("North Carolina, expected I", found.expected, -0.01010101, 5e-9)
    line("North Carolina, variance of I", found.variance, 0.004065134, 5e-10)
    line("North Carolina, z of I", found.z, 3.780074, 5e-7)
    line("North Carolina, one-sided p of I", found.p_normal / 2, 7.839e-5, 5e-9)
    z = gi(rate, near, inference=NORMAL).z
    local = moran(rate, near.standardised(), inference=NORMAL)
    for row, star, one, score in zip(rows, z, local.statistic, local.z, strict=True):
        line(f"North Carolina, Gi* of {row['name']}", star, float(row["Gistar"]), 1e-9)
        line(f"North Carolina, I of {row['name']}", one, float(row["Ii"]), 1e-9)
        line(f"North Carolina, z of I of {row['name']}", score, float(row["ZIi"]), 1e-8)


def six_points() -> None:
    """Check the six points of esda's tests."""
    places = Positions(np.array([10, 20, 40, 15, 30, 30.0]), np.array([10, 10, 10, 20, 20, 30.0]))
    values = np.array([2, 3, 3.2, 5, 8, 7])
    near = within(places, 15)
    found = global_g(values, near, replicates=0)
    line("esda's points, G", found.statistic, 0.55709779, 5e-9)
    line("esda's points, one-sided p of G", found.p_normal / 2, 0.172936, 5e-7)
    line("esda's points, z of Gi, weights 1", gi(values, near, star=False, inference=NORMAL).z[0], -1.0136729, 5e-8)
    line("esda's points, z of Gi*, weights 1", gi(values, near, inference=NORMAL).z[0], -1.39727626, 5e-9)
    # esda's figure for rows divided by their sum takes that sum (1) for the number of neighbours, and the score of a
    # row then depends on its scale. Ours does not: it is that of weights 1. Their formula is shown to be what it is.
    mean, spread = values[1:].mean(), values[1:].std()
    line("esda's points, its formula with rows of sum 1", (values[[1, 3]].mean() - mean) / spread, -0.62074534, 5e-9)


def permutations() -> None:
    """Check conditional p-values against esda's where no sums tie: real values, and any weights."""
    generator = np.random.default_rng(5)
    cell = np.arange(400).reshape(20, 20)
    pairs = [np.column_stack([a.ravel(), b.ravel()]) for a, b in ((cell[:, 1:], cell[:, :-1]), (cell[1:], cell[:-1]))]
    near = touching(400, np.concatenate(pairs))
    values = generator.gamma(2, size=400)
    for name, used in (
        ("weights 1", near),
        ("any weights", Neighbours(near.start, near.other, generator.random(len(near.other)) + 0.1)),
    ):
        rows = {i: used.other[used.start[i] : used.start[i + 1]].tolist() for i in range(400)}
        own = {i: used.weight[used.start[i] : used.start[i + 1]].tolist() for i in range(400)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            weights = W(rows, own, silence_warnings=True)
            theirs = esda.G_Local(values, weights, transform="R", star=False, permutations=9_999, seed=1, n_jobs=1)
        ours = gi(values, used, star=False, replicates=99_999, seed=2)
        gap = np.abs(ours.p_value / 2 - theirs.p_sim)
        line(f"esda, p-values of Gi, {name}: root mean square", float(np.sqrt((gap**2).mean())), 0.0, 0.008)
        line(f"esda, p-values of Gi, {name}: largest", float(gap.max()), 0.0, 0.03)


def boston(folder: Path) -> None:
    """Check trends of sfdep's scores, as two sorted lists: its table lists them by step, beside other places' names.

    Its categories follow other rules: see docs/methods/emerging-hot-spots.md.
    """
    scores = np.array([float(row["gi_star"]) for row in read(folder / "sfdep_bos_gi.csv")])
    found = read(folder / "sfdep_bos_ehsa.csv")
    trends = mann_kendall(scores.reshape(-1, len(found)).T)
    for name, ours in (("tau", trends.tau), ("p_value", trends.p_value)):
        gap = np.abs(np.sort(ours) - np.sort([float(row[name]) for row in found])).max()
        line(f"Boston, {name} of {len(found)} places: largest difference", float(gap), 0.0, 1e-6)


def main() -> int:
    """Check everything."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]) / "r-packages"
    getis_ord(folder)
    six_points()
    columbus(folder)
    carolina(folder)
    boston(folder)
    permutations()
    print("all as expected" if not WRONG else f"{len(WRONG)} different: {', '.join(WRONG[:5])}")
    return 1 if WRONG else 0


if __name__ == "__main__":
    raise SystemExit(main())

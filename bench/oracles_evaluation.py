"""Check: evaluation against published figures on data that does not belong to the repository.

    python bench/oracles_evaluation.py FOLDER

FOLDER holds before-after/basque.csv and before-after/germany.csv (Abadie and Gardeazabal 2003; Abadie, Diamond and
Hainmueller 2015). Weights and effects were published to the digits below; where the importance of predictors is
searched for, other programs' own tests allow 0.025, for such searches stop at different places of a flat valley.
Prints ours, expected and the difference per line; exits with 1 when one is larger than allowed.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from diaban.engine.evaluation.synthetic_control import Donors, Importance, in_space, mix
from diaban.engine.executors import Threads

Table = dict[tuple[str, int], dict[str, float]]
failed = False


def line(name: str, ours: float, expected: float, allowed: float) -> None:
    global failed
    difference = abs(ours - expected)
    failed |= not difference <= allowed
    print(f"{name:44} {ours:16.9f} {expected:16.9f} {difference:12.2e}  {'ok' if difference <= allowed else 'DIFFERS'}")


def read(path: Path, unit: str) -> Table:
    table: Table = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells = {key: float(value) for key, value in row.items() if value and key != unit and _number(value)}
            table[row[unit], int(float(row["year"]))] = cells
    return table


def _number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def mean(table: Table, unit: str, column: str, years: Iterable[int]) -> float:
    found = [table[unit, year][column] for year in years if column in table.get((unit, year), {})]
    return float(np.mean(found))


def predictors(table: Table, units: Sequence[str], wanted: Sequence[tuple[str, Iterable[int]]]) -> np.ndarray:
    return np.array([[mean(table, unit, column, years) for column, years in wanted] for unit in units])


def basque(folder: Path) -> None:
    table = read(folder / "before-after" / "basque.csv", "regionname")
    treated = "Basque Country (Pais Vasco)"
    units = [treated, *sorted({unit for unit, _ in table} - {treated})]
    years = range(1955, 1998)
    outcome = np.array([[table[unit, year]["gdpcap"] for year in years] for unit in units])
    school = [f"school.{name}" for name in ("illit", "prim", "med", "high", "post.high")]
    sectors = [f"sec.{n}" for n in ("agriculture", "energy", "industry", "construction")]
    wanted = [(name, range(1964, 1970)) for name in (*school, "invest")]
    wanted += [("gdpcap", range(1960, 1970))]
    wanted += [(name, range(1961, 1970, 2)) for name in (*sectors, "sec.services.venta", "sec.services.nonventa")]
    wanted += [("popdens", [1969])]
    columns = predictors(table, units, wanted)
    known = [
        7.2655911e-2, 1.19777358e-1, 3.486111e-3, 1.02189247e-1, 1.0826786e-2, 5.32110e-5, 1.17260969e-1,
        6.3392606e-2, 1.55350772e-1, 9.58688e-2, 5.3081107e-2, 1.634752e-3, 2.3709713e-2, 1.80712657e-1,
    ]  # fmt: skip
    donors = np.arange(1, len(units))
    for name, how, given, allowed in (
        ("Basque, importance given", Importance.GIVEN, np.array(known), 1e-5),
        ("Basque, importance searched", Importance.FITTED, None, 0.025),
    ):
        data = Donors(outcome, 20, columns, how, (5, 15), given)
        found = mix(data, 0, donors)
        line(f"{name}: Cataluna", found.weights[units.index("Cataluna")], 0.850816306, allowed)
        line(f"{name}: Madrid", found.weights[units.index("Madrid (Comunidad De)")], 0.149183694, allowed)
        line(f"{name}: mean gap 1975-97", found.effect, -0.6995647842, 0.02)
        line(f"{name}: MSPE 1960-69", float((found.gap[5:15] ** 2).mean()), 0.008864544955, 1e-4)
    placebos = in_space(data, 0, donors, executor=Threads(2))
    others = placebos.p_value - 1 / len(units)  # the published share leaves the treated unit itself out
    line("Basque: share of others with as large a ratio", others, 1 / 6, 1e-9)


def germany(folder: Path) -> None:
    table = read(folder / "before-after" / "germany.csv", "country")
    treated = "West Germany"
    units = [treated, *sorted({unit for unit, _ in table} - {treated})]
    years = range(1960, 2004)
    outcome = np.array([[table[unit, year]["gdp"] for year in years] for unit in units])

    def wanted(first: int, invest: str) -> list[tuple[str, Iterable[int]]]:
        decade = range(first, first + 10)
        return [
            ("gdp", decade), ("trade", decade), ("infrate", decade), ("industry", decade),
            ("schooling", [first - 1, first + 4]), (invest, [1980]),
        ]  # fmt: skip

    donors = np.arange(1, len(units))
    training = Donors(outcome, 30, predictors(table, units, wanted(1971, "invest70")), Importance.FITTED, (21, 31))
    importance = mix(training, 0, donors).importance
    columns = predictors(table, units, wanted(1981, "invest80"))
    found = mix(Donors(outcome, 30, columns, Importance.GIVEN, (0, 30), importance), 0, donors)
    expected = {
        "Austria": 0.414522077, "USA": 0.21624982, "Japan": 0.163161172, "Switzerland": 0.107654851,
        "Netherlands": 0.09841208,
    }  # fmt: skip
    for name, weight in expected.items():
        line(f"West Germany: {name}", found.weights[units.index(name)], weight, 0.025)
    after = found.gap[30:44]
    line("West Germany: mean gap 1990-2003", float(after.mean()), -1555.1346777620, 0.025 * 1555)
    error = float(after.std(ddof=1) / np.sqrt(len(after)))
    line("West Germany: its standard error", error, 317.6469306, 0.025 * 318)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{'':44} {'ours':>16} {'expected':>16} {'difference':>12}")
    basque(Path(sys.argv[1]))
    germany(Path(sys.argv[1]))
    sys.exit(1 if failed else 0)

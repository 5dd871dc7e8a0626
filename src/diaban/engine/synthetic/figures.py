"""Draw the figures that communes would declare for a cycle, consistent with the register's points and arrests."""

from __future__ import annotations

from dataclasses import dataclass

from diaban.engine.synthetic.streams import stream, weighted

# Persons with a file for each arrest of a year: the thresholds of QĐ 28 Điều 4 stand 5 to 1 (0.5 % and 0.1 %).
PERSONS_PER_ARREST = (((0.0, 0.3), 0.15), ((1.5, 4.0), 0.35), ((4.0, 6.0), 0.35), ((6.0, 9.0), 0.15))


@dataclass(frozen=True, slots=True)
class CommuneYear:
    """One commune's declared figures for one cycle, in persons, plants and square metres; None = not reported."""

    unit: str
    cycle: int
    population: int | None
    dependent: int
    using: int
    in_substitution: int
    in_home_rehab: int
    post_rehab: int
    arrested: int
    resident_offenders: int | None
    wanted_hiding: int | None
    plants: int
    plant_m2: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the register already says of a commune: places of harbouring at the end, arrests and plants in the cycle."""

    unit: str
    population: int
    points: int
    arrested: int
    plants: int = 0


def commune_year(known: Known, *, cycle: int, seed: int) -> CommuneYear:
    """Draw one commune's figures. The persons per arrest are the commune's own and drift little between cycles."""
    level = stream(seed, "level", known.unit)
    low, high = weighted(level, PERSONS_PER_ARREST)
    base = level.uniform(low, high)
    draw = stream(seed, "figures", known.unit, cycle)
    population = round(known.population * draw.uniform(1.02, 1.12))
    persons = round(known.arrested * base * draw.uniform(0.9, 1.1))
    quiet = known.points == 0 and known.arrested <= 2 and persons <= 6
    dependent = round(persons * draw.uniform(0.3, 0.6))
    exempt_share = 1.0 if quiet else draw.uniform(0.15, 0.45)
    exempt = round(persons * exempt_share)
    substitution = round(exempt * 0.6)
    home = round((exempt - substitution) * 0.5)
    resident = 0 if quiet else round(known.arrested * draw.uniform(0.4, 0.8))
    return CommuneYear(
        unit=known.unit,
        cycle=cycle,
        population=population,
        dependent=dependent,
        using=persons - dependent,
        in_substitution=substitution,
        in_home_rehab=home,
        post_rehab=exempt - substitution - home,
        arrested=known.arrested,
        resident_offenders=resident,
        wanted_hiding=0 if quiet or draw.random() < 0.8 else draw.randint(1, 3),
        plants=known.plants,
        plant_m2=known.plants // 4,  # about four plants to the square metre, the ratio of the law's own thresholds
    )


def commune_years(known: list[Known], *, cycle: int, seed: int) -> list[CommuneYear]:
    """Draw the figures of many communes; the result is in the order given."""
    return [commune_year(one, cycle=cycle, seed=seed) for one in known]

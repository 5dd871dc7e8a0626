"""Benchmark: figures through time at 50,000 hot-spots and 50,000 incidents, through the whole web stack.

    python bench/series.py [--rows 50000] [--times 15]

The units and the rows are those of `bench/registers.py`: 480 communes united into 160 on a day inside the series. Every
page is asked for through Django's test client, on SQLite in a file and on PostgreSQL when DIABAN_TEST_DATABASE_URL
names one. Prints median and 95th percentile in milliseconds and the queries asked. Exits with 1 when a page takes more
than 300 ms at the median.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import registers

PAGE = "/chuoi-so-lieu/"
LIMIT_MS = 300


def scenarios(unit_uid: str, _pages: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is asked for: name → address and query."""
    before = (registers.REFORM - timedelta(days=1)).isoformat()
    long = {"tu_ky": "2023-01", "den_ky": "2026-11"}
    found: dict[str, tuple[str, dict[str, Any]]] = {
        "incidents, 12 months, 160 units": (PAGE, {}),
        "incidents, 47 months, 160 units": (PAGE, long),
        "incidents, years, 480 old units": (PAGE, {"loai_ky": "nam", "ngay": before}),
        "incidents, 47 months, 480 old units, a page": (PAGE, long | {"ngay": before}),
        "incidents, one unit, 47 months": (PAGE, long | {"don_vi": unit_uid}),
        "arrested, by quarter": (PAGE, {"so_lieu": "bi_bat", "loai_ky": "quy"}),
        "the same as charts": (PAGE, {"so_lieu": "bi_bat", "loai_ky": "quy", "xem": "bieu-do"}),
        "eliminated, 12 months": (PAGE, {"so_lieu": "triet_xoa"}),
        "existing at the end of 12 months": (PAGE, {"so_lieu": "cuoi_ky"}),
        "existing at the end of 47 months": (PAGE, long | {"so_lieu": "cuoi_ky"}),
        "plants, by year": (PAGE, {"so_lieu": "cay", "loai_ky": "nam"}),
        "list of incidents as a chart": ("/vu-viec/", {"xem": "bieu-do"}),
    }
    return found


if __name__ == "__main__":
    registers.scenarios = scenarios
    registers.LIMIT_MS = LIMIT_MS
    registers.__file__ = __file__  # each database runs this file again in a process of its own
    raise SystemExit(registers.main())

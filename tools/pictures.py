"""Take the pictures of the documents anew from a running demonstration.

Usage: python tools/pictures.py http://127.0.0.1:8138 canbo PASSWORD [--only NAME ...] [--chromium PATH]

Needs a server with the demonstration province (`make run`) and Chromium. Pages are found by what stands on them, not by
numbers, so a new demonstration gives the same pictures. Nothing is kept in the demonstration: the uploaded table
and the read plan are discarded, the boundaries are only tried. Each file stays under 150 kB.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
LETTERS = FOLDER.parents[1] / "src" / "diaban" / "ui" / "static" / "ui" / "css" / "base.css"
BESIDE = (
    "body{margin:0;display:grid;grid-template-columns:512px 1fr;gap:24px;align-items:center}svg{width:100%;height:auto}"
)
LIMIT = 150_000
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 360, "height": 740}

# Two rows that can be written and three that cannot, in the columns of the hot-spots' template.
SENT = """\
code,name,kind,grade,form,unit_code,unit_name,listed_on,lon,document,decider
XA-01,Khu nhà trọ,Điểm phức tạp,Có tài liệu xác định,Khu vực,26506,Phường Vũng Tàu,20/10/2026,,12/QĐ-CAP,Công an phường
XA-02,Bãi đất trống,Điểm phức tap,Nghi vấn,Khu vực,26506,Phường Vũng Tàu,31/02/2026,,12/QĐ-CAP,Công an phường
XA-03,Quán nước,Điểm nguy cơ,Nghi vấn,Địa điểm cụ thể,26560,Phường Bà Rịa,02/11/2026,,13/QĐ-CAP,Công an phường
XA-04,Chợ cũ,Tụ điểm phức tạp,Có tài liệu xác định,Khu vực,26508,Phường Thắng Tam,02/11/2026,,14/QĐ-CAP,Công an phường
XA-05,Bến cá,Điểm nguy cơ,Nghi vấn,Khu vực,26560,Phường Bà Rịa,03/11/2026,300,15/QĐ-CAP,Công an phường
"""

# A short plan in the layout of Nghị định 30/2020/NĐ-CP, made up.
READ = """\
ỦY BAN NHÂN DÂN
TỈNH KIM SƠN
Số: 12/KH-UBND
Kim Sơn, ngày 10 tháng 02 năm 2026

KẾ HOẠCH
Phòng, chống ma túy năm 2026

I. MỤC TIÊU
1. Trên 80% số xã không để phát sinh điểm phức tạp mới về ma túy so với năm trước.
2. 100% trường học được tuyên truyền về phòng, chống ma túy trước ngày 30/9/2026.

II. TỔ CHỨC THỰC HIỆN
1. Công an tỉnh
- Chủ trì, phối hợp với Sở Y tế rà soát điểm, tụ điểm; hằng tháng báo cáo Ủy ban nhân dân tỉnh.
- Tổng hợp kết quả thực hiện, báo cáo trước ngày 15/12/2026.
2. Sở Giáo dục và Đào tạo
- Tổ chức tuyên truyền tại các trường học trong quý I.
"""

Take = Callable[["Camera"], None]


class Camera:
    """A signed-in page and the folder its pictures go to."""

    def __init__(self, browser: Browser, address: str, account: str, password: str) -> None:
        self.browser, self.address, self.password = browser, address.rstrip("/"), password
        self.page = self._signed_in(account)

    def _signed_in(self, account: str) -> Page:
        page = self.browser.new_page(viewport=DESK, locale="vi-VN", reduced_motion="reduce")
        page.goto(f"{self.address}/tai-khoan/dang-nhap/")
        page.fill("#id_username", account)
        page.fill("#id_password", self.password)
        page.click("button[type=submit].button--primary")
        page.wait_for_selector("nav.side")
        return page

    @contextmanager
    def seen_by(self, account: str) -> Iterator[None]:
        """Look through the eyes of another account of the demonstration for a while."""
        before, self.page = self.page, self._signed_in(account)
        try:
            yield
        finally:
            self.page.close()
            self.page = before

    def go(self, path: str) -> Page:
        """Open a page and wait until nothing moves."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready")
        return self.page

    def follow(self, selector: str) -> Page:
        """Open the address of the first link that matches."""
        href = self.page.locator(selector).first.get_attribute("href")
        if not href:
            raise LookupError(f"no link {selector} on {self.page.url}")
        return self.go(href)

    def show(self, selector: str, air: int = 16) -> None:
        """Scroll so that the first match stands at the top, with `air` pixels above it."""
        self.page.locator(selector).first.evaluate("(e, air) => { e.scrollIntoView(true); scrollBy(0, -air); }", air)
        self.page.wait_for_timeout(200)

    def keep(self, name: str) -> None:
        """Store what the window shows."""
        shot = self.page.screenshot(animations="disabled", caret="hide")
        target = FOLDER / f"{name}.png"
        target.write_bytes(light(shot))
        print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")


def light(shot: bytes) -> bytes:
    """Return the picture with as many colours as fit the limit."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LIMIT:
            return out.getvalue()
    raise ValueError("the picture does not fit the limit with 32 colours")


def overview(camera: Camera) -> None:
    camera.go("/")
    camera.keep("overview")


def phone(camera: Camera) -> None:
    page = camera.go("/")
    page.set_viewport_size(PHONE)
    page.reload()
    page.wait_for_load_state("networkidle")
    camera.keep("phone")
    page.set_viewport_size(DESK)


def imported(camera: Camera) -> None:
    page = camera.go("/nhap-xuat/nhap/hotspots/")
    page.set_input_files(
        "input[type=file]", {"name": "xa-gui.csv", "mimeType": "text/csv", "buffer": SENT.encode("utf-8-sig")}
    )
    page.click("main form button.button--primary")
    page.wait_for_selector("#loi")
    page.wait_for_load_state("networkidle")
    camera.keep("import")
    page.click("form[action$='/bo/'] button")
    page.wait_for_load_state("networkidle")


def register(camera: Camera) -> None:
    camera.go("/diem/?xem=bang&trang_thai=ton_tai")
    camera.keep("register")


def hotspot(camera: Camera) -> None:
    camera.go("/diem/?xem=bang&trang_thai=planned&tai=1")
    camera.follow("table[data-rows] tbody th a")
    camera.keep("hotspot")


def incident(camera: Camera) -> None:
    camera.go("/vu-viec/moi/")
    camera.keep("incident")


def newest_cycle(camera: Camera) -> str:
    """Return the path of the newest cycle."""
    href = camera.go("/phan-loai/").locator("main table tbody th a").first.get_attribute("href")
    return (href or "").split("?")[0]


def cycle(camera: Camera) -> None:
    camera.go(newest_cycle(camera) + "?xem=bang")
    camera.keep("cycle")


def two_readings(camera: Camera) -> Page:
    """Open a commune on which the two readings differ."""
    camera.go(newest_cycle(camera) + "?xem=bang&buoc=appraised")
    return camera.follow("main table tbody tr:has-text('hai cách đọc') th a")


def standing(camera: Camera) -> None:
    two_readings(camera)
    camera.keep("standing")


def whatif(camera: Camera) -> None:
    page = two_readings(camera)
    field = page.locator("[name=thu_arrested]")
    field.fill(str(int(field.input_value().replace(".", "") or 0) // 2))
    page.click("form:has([name=thu_arrested]) button[type=submit]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.locator("#thu-ket-qua").evaluate("e => { e.scrollIntoView(false); scrollBy(0, 24); }")
    page.wait_for_timeout(200)
    camera.keep("whatif")


def dossier(camera: Camera) -> None:
    camera.go("/bao-cao" + newest_cycle(camera).removeprefix("/phan-loai"))
    camera.show(".paper", air=-8)
    camera.keep("dossier")


def unit(camera: Camera) -> None:
    page = camera.go("/don-vi/tim/?q=26506")
    page.locator("main table tbody tr:has-text('Phường Vũng Tàu') a").first.wait_for()
    camera.follow("main table tbody tr:has-text('Phường Vũng Tàu') a")
    camera.show("#nguon-goc")
    camera.keep("unit")


def boundaries(camera: Camera) -> None:
    """Three squares: two that overlap, and one with a code that nobody has."""
    squares = {"26506": (107.05, "Phường Vũng Tàu"), "26526": (107.13, "Phường Tam Thắng"), "99999": (107.4, "?")}
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[(x, 10.3), (x + 0.1, 10.3), (x + 0.1, 10.4), (x, 10.4), (x, 10.3)]],
            },
        }
        for code, (x, name) in squares.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    page = camera.go("/don-vi/ranh-gioi/")
    page.set_input_files(
        "input[type=file]", {"name": "thu.geojson", "mimeType": "application/geo+json", "buffer": text.encode()}
    )
    page.fill("[name=source]", "Tệp thử")
    page.click("button[name=thu]")
    page.wait_for_selector("main table")
    page.wait_for_load_state("networkidle")
    camera.keep("boundaries")


def roles(camera: Camera) -> None:
    with camera.seen_by("congan.vungtau"):
        camera.go("/vai-tro/")
        camera.keep("roles")


def plan_tree(camera: Camera) -> None:
    """The sentences of plan 208 with their state."""
    page = camera.go("/nhiem-vu/ke-hoach/kh208-2022/")
    page.wait_for_selector("main .chip")
    camera.keep("plan-tree")


def plan_editor(camera: Camera) -> None:
    """A plan that was just read, beside its original; the draft is discarded."""
    page = camera.go("/ke-hoach/doc-van-ban/")
    page.set_input_files(
        "input[type=file]", {"name": "ke-hoach.txt", "mimeType": "text/plain", "buffer": READ.encode()}
    )
    page.click("main form button[type=submit]")
    page.wait_for_url("**/ra-soat/**")
    page.wait_for_load_state("networkidle")
    draft = page.url.split("?")[0]
    try:
        camera.show("#ban-goc, .beside, main h2", air=60)
        camera.keep("plan-editor")
    finally:
        page.goto(f"{draft}bo/")
        page.click("main form button[type=submit]")
        page.wait_for_load_state("networkidle")


def task(camera: Camera) -> None:
    """A task of a commune with its evidence, as the commune's police see it."""
    with camera.seen_by("congan.vungtau"):
        camera.go("/nhiem-vu/?tinh_trang=da_xong")
        camera.follow("main table tbody tr:has-text('Rà soát lại điểm') a[href*='/viec/']")
        camera.keep("task")


def choosing(camera: Camera) -> None:
    page = camera.go("/lua-chon/")
    page.locator("main a[href^='/lua-chon/20']").first.wait_for()
    camera.follow("main a[href^='/lua-chon/20']")
    camera.keep("choosing")


def analysis(camera: Camera) -> None:
    """The answer about a resolved place that is coming back, among those that the demonstration asked for."""
    camera.go("/phan-tich/lich-su/")
    camera.follow("main table tr:has-text('dấu hiệu tái phức tạp') a[href*='/tra-loi/']")
    camera.keep("analysis")


def made_up_events() -> str:
    """A year of events around six places; near one of them more happens in the last four weeks."""
    draw = random.Random(26)
    places = [(10.35, 107.08), (10.41, 107.14), (10.49, 107.17), (10.38, 107.24), (10.55, 107.1), (10.6, 107.25)]
    rows = [(draw.randrange(364), *draw.choice(places), 0.012) for _ in range(1500)]
    rows += [(draw.randrange(336, 364), 10.412, 107.138, 0.002) for _ in range(26)]
    days = sorted((date(2025, 11, 24) + timedelta(day), lat, lon, wide) for day, lat, lon, wide in rows)
    lines = [f"{day},{draw.gauss(lat, wide):.5f},{draw.gauss(lon, wide):.5f}" for day, lat, lon, wide in days]
    return "\n".join(["date,lat,lon", *lines, ""])


def scan(camera: Camera) -> None:
    """What `diaban analyse scan` draws: its map and the curve of the strongest cluster, side by side."""
    with TemporaryDirectory() as folder:
        events = Path(folder) / "events.csv"
        events.write_text(made_up_events(), encoding="utf-8")
        asked = ["analyse", "scan", str(events), "--prospective", "--max-radius", "3km", "--max-duration", "8w"]
        told = [sys.executable, "-m", "diaban", *asked, "--seed", "26", "--pictures", folder]
        subprocess.run(told, check=True, capture_output=True)
        drawn = [(Path(folder) / f"scan-{name}.svg").read_text(encoding="utf-8") for name in ("map", "curve-1")]
        page = camera.browser.new_page(viewport={"width": DESK["width"], "height": 520})
        sheet = Path(folder) / "scan.html"
        style = f"<link rel=stylesheet href='{LETTERS.as_uri()}'><style>{BESIDE}</style>"
        sheet.write_text(f"<meta charset=utf-8>{style}{''.join(drawn)}", encoding="utf-8")
        page.goto(sheet.as_uri())
        page.evaluate("document.fonts.ready")
    before, camera.page = camera.page, page
    camera.keep("scan")
    camera.page = before
    page.close()


PICTURES: dict[str, Take] = {
    "overview": overview,
    "phone": phone,
    "import": imported,
    "register": register,
    "hotspot": hotspot,
    "incident": incident,
    "cycle": cycle,
    "standing": standing,
    "whatif": whatif,
    "dossier": dossier,
    "unit": unit,
    "boundaries": boundaries,
    "roles": roles,
    "plan-tree": plan_tree,
    "plan-editor": plan_editor,
    "task": task,
    "choosing": choosing,
    "analysis": analysis,
    "scan": scan,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("address", help="where the demonstration runs")
    parser.add_argument("account")
    parser.add_argument("password")
    kept = [name for name in PICTURES if (FOLDER / f"{name}.png").exists()]
    parser.add_argument(
        "--only", nargs="+", choices=PICTURES, default=kept, help="these only; else those that are kept"
    )
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    missed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.chromium, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        camera = Camera(browser, chosen.address, chosen.account, chosen.password)
        for name in chosen.only:
            try:
                PICTURES[name](camera)
            except (PlaywrightTimeout, LookupError) as why:
                missed.append(name)
                print(f"{name}: {why}", file=sys.stderr)
                with suppress(PlaywrightTimeout):
                    camera.page.set_viewport_size(DESK)
        browser.close()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())

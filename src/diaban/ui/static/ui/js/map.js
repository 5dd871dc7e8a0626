// Moves about on a map that the server has drawn whole. Without this file every unit is still a link.

const STEP = 1.6;
const DEEPEST = 12;

class LiveMap {
  constructor(figure) {
    this.figure = figure;
    this.svg = figure.querySelector(".map__svg");
    this.readout = figure.querySelector(".map__readout");
    this.ring = this.svg.querySelector(".map__ring");
    this.full = { x: 0, y: 0, w: +this.svg.dataset.width, h: +this.svg.dataset.height };
    this.view = { ...this.full };
    this.labels = [...this.svg.querySelectorAll(".map__label")];
    this.marks = [...this.svg.querySelectorAll(".map__mark")];
    this.pointers = new Map();
    this.moved = 0;
    figure.dataset.live = "";
    for (const kind of ["map__unit", "map__mark"]) this.rove([...this.svg.querySelectorAll(`a.${kind}`)]);
    this.listen();
    this.fitLabels();
    const tools = figure.querySelector(".map__tools");
    tools.hidden = false;
    this.hint = matchMedia("(pointer: coarse)").matches ? this.readout.textContent : this.readout.dataset.hint;
    this.readout.textContent = this.hint;
  }

  // One stop in the tab order for all units, one for all marks; arrows go to the nearest in that direction.
  rove(links) {
    links.forEach((link, index) => link.setAttribute("tabindex", index ? "-1" : "0"));
    for (const link of links) {
      link.addEventListener("focus", () => {
        for (const other of links) other.setAttribute("tabindex", other === link ? "0" : "-1");
        this.show(link, true);
        this.bringIn(link);
      });
      link.addEventListener("blur", () => this.hide());
      link.addEventListener("keydown", (event) => this.arrow(event, link, links));
    }
  }

  arrow(event, from, links) {
    const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!turn || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = [+from.dataset.x, +from.dataset.y];
    let best = null;
    let least = Infinity;
    for (const link of links) {
      if (link === from) continue;
      const [dx, dy] = [+link.dataset.x - x, +link.dataset.y - y];
      const ahead = dx * turn[0] + dy * turn[1];
      const aside = Math.abs(dx * turn[1]) + Math.abs(dy * turn[0]);
      if (ahead <= 0) continue;
      const cost = ahead + aside * 2;
      if (cost < least) [best, least] = [link, cost];
    }
    best?.focus();
  }

  show(link, focused) {
    const path = link.classList.contains("map__unit") ? link.querySelector("path") : null;
    this.ring.toggleAttribute("hidden", !path);
    if (path) {
      this.ring.setAttribute("d", path.getAttribute("d"));
      this.ring.setAttribute("transform", "scale(.25)");
      this.ring.classList.toggle("is-focus", focused && link.matches(":focus-visible"));
    }
    const name = document.createElement("b");
    name.textContent = link.dataset.name;
    this.readout.replaceChildren(name, link.dataset.value ? `: ${link.dataset.value}` : "");
    this.readout.classList.add("is-on");
  }

  hide() {
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.closest("[data-name]") : null;
    if (focused) {
      this.show(focused, true);
      return;
    }
    this.ring.setAttribute("hidden", "");
    this.readout.textContent = this.hint;
    this.readout.classList.remove("is-on");
  }

  listen() {
    this.svg.addEventListener("pointerover", (event) => {
      const link = event.target.closest("[data-name]");
      if (link && event.pointerType !== "touch") this.show(link, false);
    });
    this.svg.addEventListener("pointerout", (event) => {
      if (!event.relatedTarget?.closest?.("[data-name]")) this.hide();
    });
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !this.svg.contains(document.activeElement)) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.at(event));
    }, { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
      this.svg.addEventListener(kind, (event) => this.up(event));
    }
    this.svg.addEventListener("click", (event) => {
      if (this.moved > 6) event.preventDefault();
    }, true);
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
    this.figure.addEventListener("click", (event) => {
      const wish = event.target.closest("[data-zoom]")?.dataset.zoom;
      if (wish === "in") this.zoom(STEP);
      if (wish === "out") this.zoom(1 / STEP);
      if (wish === "all") this.set({ ...this.full });
    });
    this.svg.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const focused = document.activeElement?.dataset;
      const centre = focused?.x ? { x: +focused.x, y: +focused.y } : undefined;
      if (event.key === "+" || event.key === "=") this.zoom(STEP, centre);
      else if (event.key === "-") this.zoom(1 / STEP, centre);
      else if (event.key === "0") this.set({ ...this.full });
      else return;
      event.preventDefault();
    });
    new ResizeObserver(() => this.fitLabels()).observe(this.svg);
  }

  at(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
  }

  // CSS pixels per unit of the picture, which is fitted whole into its frame.
  perUnit() {
    return Math.min(this.svg.clientWidth / this.view.w, this.svg.clientHeight / this.view.h);
  }

  down(event) {
    this.moved = 0;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const unit = 1 / this.perUnit();
    if (other) {
      const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) || 1;
      const middle = this.at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
      this.moved += 10;
      this.zoom(far(now, other) / far(before, other), middle);
    } else if (this.view.w < this.full.w) {
      this.moved += far2(now, before);
      if (this.moved > 6) {
        this.svg.classList.add("is-moving");
        this.set({ ...this.view, x: this.view.x - (now.x - before.x) * unit, y: this.view.y - (now.y - before.y) * unit });
      }
    }
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    this.svg.classList.remove("is-moving");
  }

  zoom(factor, about) {
    const centre = about ?? { x: this.view.x + this.view.w / 2, y: this.view.y + this.view.h / 2 };
    const w = Math.min(this.full.w, Math.max(this.full.w / DEEPEST, this.view.w / factor));
    const h = (w / this.full.w) * this.full.h;
    this.set({
      x: centre.x - ((centre.x - this.view.x) / this.view.w) * w,
      y: centre.y - ((centre.y - this.view.y) / this.view.h) * h,
      w,
      h,
    });
  }

  set(view) {
    view.x = Math.min(Math.max(view.x, 0), this.full.w - view.w);
    view.y = Math.min(Math.max(view.y, 0), this.full.h - view.h);
    this.view = view;
    this.svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    this.svg.classList.toggle("is-near", view.w < this.full.w);
    this.figure.querySelector("[data-zoom=out]").disabled = view.w >= this.full.w;
    this.figure.querySelector("[data-zoom=all]").disabled = view.w >= this.full.w;
    this.figure.querySelector("[data-zoom=in]").disabled = view.w <= this.full.w / DEEPEST;
    this.fitLabels();
  }

  bringIn(link) {
    const [x, y] = [+link.dataset.x, +link.dataset.y];
    const { view } = this;
    const inside = x > view.x + view.w * 0.05 && x < view.x + view.w * 0.95 && y > view.y + view.h * 0.05 && y < view.y + view.h * 0.95;
    if (!inside && view.w < this.full.w) this.set({ ...view, x: x - view.w / 2, y: y - view.h / 2 });
  }

  // Names and signs keep their size on the screen; a name shows from the enlargement on at which it fits its unit.
  fitLabels() {
    const scale = this.perUnit();
    if (!scale || scale === this.scale) return;
    this.scale = scale;
    for (const label of this.labels) {
      const shown = scale >= +label.dataset.at * 0.985;
      label.classList.toggle("is-shown", shown);
      label.style.fontSize = `${12 / scale}px`;
      label.style.strokeWidth = `${2.5 / scale}px`;
      const tick = label.nextElementSibling;
      if (tick?.classList.contains("map__tick--alone")) {
        tick.classList.toggle("is-shown", !shown);
        tick.style.fontSize = `${13 / scale}px`;
      }
    }
    for (const tick of this.svg.querySelectorAll(".map__tick--inset")) {
      tick.classList.add("is-shown");
      tick.style.fontSize = `${13 / scale}px`;
    }
    // On a small picture signs are a little smaller, or they would hide the land.
    const sign = Math.min(1, 0.5 + scale * 0.75) / scale;
    for (const mark of this.marks) {
      mark.setAttribute("transform", `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${sign})`);
    }
    for (const name of this.svg.querySelectorAll(".map__inset-name")) name.style.fontSize = `${Math.min(12 / scale, 24)}px`;
  }
}

const far2 = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

function start(root) {
  for (const figure of root.querySelectorAll("[data-map]:not([data-live])")) new LiveMap(figure);
}

start(document);
document.addEventListener("refreshed", (event) => start(event.detail));

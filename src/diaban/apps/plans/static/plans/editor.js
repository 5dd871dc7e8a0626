// The two sides of the editor go together: choosing a clause shows its words and the other way round. j and k go from
// clause to clause, "a" accepts, Enter opens. Without this script the links between the sides do the same.
const sides = document.querySelector("[data-plan-editor]");
const clauses = sides ? [...sides.querySelectorAll("[data-clause]")] : [];
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
let here = -1;

const show = (element) => {
  const side = element?.closest(".plan-side");
  if (!side || side.scrollHeight <= side.clientHeight) return;
  const box = element.getBoundingClientRect();
  const around = side.getBoundingClientRect();
  if (box.top < around.top + 40 || box.bottom > around.bottom) side.scrollTop += box.top - around.top - 60;
};

const choose = (number, { focus = true } = {}) => {
  const clause = document.getElementById(`d-${number}`);
  if (!clause) return;
  for (const old of sides.querySelectorAll(".is-here")) old.classList.remove("is-here");
  const words = document.getElementById(`v-${number}`);
  clause.classList.add("is-here");
  words?.classList.add("is-here");
  here = clauses.indexOf(clause);
  show(words);
  show(clause);
  if (focus) clause.focus({ preventScroll: clause.closest(".plan-side").scrollHeight > clause.closest(".plan-side").clientHeight });
};

const follow = () => {
  const found = location.hash.match(/^#[dv]-(\d+)$/);
  if (found) choose(found[1], { focus: location.hash[1] === "d" });
};

if (sides) {
  sides.addEventListener("click", (event) => {
    const words = event.target.closest(".plan-words");
    const clause = event.target.closest("[data-clause]");
    const wide = matchMedia("(min-width: 60.01rem)").matches;
    if (words && wide) {
      event.preventDefault();
      choose(words.id.slice(2));
    } else if (event.target.closest(".plan-clause__path") && wide) {
      event.preventDefault();
      choose(clause.dataset.clause);
    } else if (clause && !event.target.closest("a, button, summary, input")) {
      choose(clause.dataset.clause, { focus: false });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    const current = here >= 0 ? clauses[here] : null;
    if (event.key === "j" || event.key === "k") {
      const next = event.key === "j" ? Math.min(here + 1, clauses.length - 1) : Math.max(here - 1, 0);
      if (clauses[next]) choose(clauses[next].dataset.clause);
      event.preventDefault();
    } else if (event.key === "a" && current) {
      current.querySelector("[data-accept]")?.click();
      event.preventDefault();
    } else if (event.key === "Enter" && current && document.activeElement === current) {
      current.querySelector("[data-open]")?.click();
      event.preventDefault();
    }
  });
  addEventListener("hashchange", follow);
  follow();
}

// What the page can do beside being read: filter, sort, copy, fold, change its colours.
// It reads text out of the page and writes text into it, and never markup.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Colours: what the system asks for until the button says otherwise; nothing is stored.
  function colours() {
    const button = document.getElementById("scheme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : system.matches);
    const tell = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `${isDark() ? "Light" : "Dark"} colours`);
    };
    button.addEventListener("click", () => {
      root.dataset.scheme = isDark() ? "light" : "dark";
      tell();
    });
    system.addEventListener("change", tell);
    tell();
  }

  // Filter. An item is a finding, a row or a gap; its text is read when it is first needed.
  const texts = new WeakMap();
  function textOf(item) {
    let text = texts.get(item);
    if (text === undefined) {
      text = item.textContent.toLowerCase();
      texts.set(item, text);
    }
    return text;
  }

  const words = () =>
    document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);

  function chosen(section) {
    const facets = new Map();
    for (const chip of all("[data-facet][aria-pressed=true]", section)) {
      const values = facets.get(chip.dataset.facet) ?? new Set();
      facets.set(chip.dataset.facet, values.add(chip.dataset.value));
    }
    return facets;
  }

  function columns(section) {
    return all("select[data-column]", section)
      .filter((choice) => choice.selectedIndex > 0)
      .map((choice) => [Number(choice.dataset.column), choice.value]);
  }

  const NOTHING = "(nothing)";
  function matches(item, wanted, facets, cells) {
    const text = wanted.length ? textOf(item) : "";
    return (
      wanted.every((word) => text.includes(word)) &&
      [...facets].every(([name, values]) => values.has(item.dataset[name])) &&
      cells.every(([column, value]) => (item.cells[column].textContent || NOTHING) === value)
    );
  }

  const touched = new Map();
  function unfold(group) {
    if (!touched.has(group)) touched.set(group, group.open);
    group.open = true;
  }

  function narrow(section, wanted) {
    const facets = chosen(section);
    const cells = columns(section);
    const active = wanted.length > 0 || facets.size > 0 || cells.length > 0;
    const items = all("[data-item]", section);
    let seen = 0;
    for (const item of items) {
      const fits = matches(item, wanted, facets, cells);
      if (item.hidden === fits) item.hidden = !fits;
      if (fits) seen += 1;
    }
    for (const group of all("[data-group]", section)) {
      const members = all("[data-item]", group);
      const left = members.filter((item) => !item.hidden).length;
      count(group.querySelector("[data-count]"), left, members.length);
      group.hidden = active && left === 0;
      if (active && left > 0) unfold(group);
      else if (!active && touched.has(group)) {
        group.open = touched.get(group);
        touched.delete(group);
      }
    }
    count(section.querySelector("h2 [data-count]"), seen, items.length);
    return [seen, items.length, active];
  }

  function count(place, seen, total) {
    if (place) place.textContent = seen === total ? String(total) : `${seen} of ${total}`;
  }

  function apply() {
    const wanted = words();
    let [seen, total, active] = [0, 0, false];
    for (const section of all("main > section")) {
      if (!section.querySelector("[data-item]")) continue;
      const [some, of, narrowed] = narrow(section, wanted);
      section.classList.toggle("empty", narrowed && some === 0);
      seen += some;
      total += of;
      active ||= narrowed;
    }
    document.getElementById("matches").textContent = active ? `${seen} of ${total} shown` : "";
  }

  let waiting = 0;
  function soon() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(apply);
  }

  function filters() {
    const filter = document.getElementById("filter");
    filter.addEventListener("input", soon);
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      filter.value = "";
      soon();
    });
    for (const choice of all("select[data-column]")) choice.addEventListener("change", soon);
    for (const chip of all("[data-facet]"))
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        soon();
      });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      filter.focus();
      filter.select();
    });
  }

  // Sort: numbers by value, and 1.0rc1 before 1.0 before 1.0.post1 as versions are ordered.
  const EARLY = { dev: -4, a: -3, alpha: -3, b: -2, beta: -2, rc: -1, c: -1 };
  function keyOf(cell) {
    const text = (cell?.dataset.sort ?? cell?.textContent ?? "").trim().toLowerCase();
    return { text, parts: text.match(/\d+|[a-z]+|[^a-z\d]+/g) ?? [] };
  }
  function rank(part, before) {
    if (part === undefined) return 0;
    if (/^\d/.test(part)) return 3;
    if (/^[a-z]/.test(part)) return /^[\d.]*$/.test(before) ? (EARLY[part] ?? 1) : 4;
    // A full stop between numbers goes on; any other sign ends the version before it.
    return part === "." ? 2 : 0.5;
  }
  function compare(one, other) {
    if (!one.text || !other.text) return (one.text ? 0 : 1) - (other.text ? 0 : 1);
    const length = Math.max(one.parts.length, other.parts.length);
    for (let at = 0; at < length; at += 1) {
      const [a, b] = [one.parts[at], other.parts[at]];
      if (a === b) continue;
      const before = at ? one.parts[at - 1] : "x";
      const ranks = rank(after(one.parts, at), before) - rank(after(other.parts, at), before);
      if (ranks) return ranks;
      if (/^\d/.test(a) && /^\d/.test(b)) {
        const numbers = a.replace(/^0+/, "").length - b.replace(/^0+/, "").length;
        if (numbers || Number(a) !== Number(b)) return numbers || Number(a) - Number(b);
      } else return a < b ? -1 : 1;
    }
    return 0;
  }
  // ".dev1" and ".post1" are told by their word, not by the full stop before it.
  function after(parts, at) {
    const isMark = parts[at] === "." && /^[a-z]/.test(parts[at + 1] ?? "");
    return isMark ? parts[at + 1] : parts[at];
  }

  function sort(table, column, head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
    const sign = down ? -1 : 1;
    rows.sort((one, other) => {
      // Empty cells stay at the end both ways.
      if (!one.key.text || !other.key.text) return compare(one.key, other.key);
      return sign * compare(one.key, other.key);
    });
    for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows.map(({ row }) => row));
  }

  function sorters() {
    for (const table of all("table[data-sortable]"))
      for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...head.childNodes);
        button.addEventListener("click", () => sort(table, column, head));
        head.append(button);
      }
  }

  // Copy: what is seen, so that nothing hidden reaches a terminal.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("the browser does not let the page copy");
    }
  }

  function copiers() {
    for (const button of all("[data-copy]"))
      button.addEventListener("click", async () => {
        const word = button.textContent;
        try {
          await copy(document.getElementById(button.dataset.copy).textContent);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Not copied";
        }
        document.getElementById("matches").textContent = button.textContent;
        button.focus();
        setTimeout(() => (button.textContent = word), 1500);
      });
  }

  function folders() {
    for (const button of all("[data-fold]"))
      button.addEventListener("click", () => {
        const open = button.dataset.fold === "open";
        const section = button.closest("section");
        for (const entry of all("details.entry", section)) entry.open = open;
        if (open) for (const group of all("[data-group]", section)) group.open = true;
      });
  }

  // Paper cannot be unfolded.
  function printing() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all("details:not([open])");
      for (const part of opened) part.open = true;
    });
    addEventListener("afterprint", () => {
      for (const part of opened) part.open = false;
      opened = [];
    });
  }

  // An address that leads into something folded unfolds it.
  function arrive() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    if (target) target.scrollIntoView();
  }

  function whereabouts() {
    const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
    const seen = new Set();
    const watcher = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes)
          if (isIntersecting) seen.add(target.id);
          else seen.delete(target.id);
        const first = [...links.keys()].find((id) => seen.has(id));
        for (const [id, link] of links)
          if (id === first) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
      },
      { rootMargin: "-90px 0px -60% 0px" },
    );
    for (const section of all("main > section")) watcher.observe(section);
  }

  addEventListener("DOMContentLoaded", () => {
    colours();
    filters();
    sorters();
    copiers();
    folders();
    printing();
    whereabouts();
    addEventListener("hashchange", arrive);
    arrive();
  });
})();

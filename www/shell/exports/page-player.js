"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  const run = JSON.parse(byId("run").textContent);
  const [stage, said, play, scrub] = ["stage", "step", "play", "scrub"].map(byId);
  let at = 0;
  let timer = 0;

  const make = (name, values, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) if (value !== null && value !== undefined) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const drawn = {
    image: ({ x, y, width, height, picture }) => [make("image", { x, y, width, height, preserveAspectRatio: "none", href: run.pictures[picture] })],
    text: ({ x, y, width, text, size, family, weight, italic, fill, struck, turn }) => [
      make("text", {
        x, y, fill, "font-size": size, "font-family": family, "font-weight": weight, "font-style": italic ? "italic" : null,
        "text-decoration": struck ? "line-through" : null, transform: turn ? `rotate(${turn} ${x} ${y})` : null,
        textLength: text.length > 1 ? width : null, lengthAdjust: text.length > 1 ? "spacingAndGlyphs" : null,
      }, text),
    ],
    rect: ({ x, y, width, height, radius, fill, stroke, line, dashed }) => [
      make("rect", { x, y, width, height, rx: radius || null, fill: fill || "none", stroke, "stroke-width": stroke ? line : null, "stroke-dasharray": dashed ? `${3 * line} ${2 * line}` : null }),
    ],
    bar: ({ x, y, width, height, colours }) => {
      const id = `bar-${x}-${y}`;
      const colouring = make("linearGradient", { id });
      colours.forEach((colour, i) => colouring.append(make("stop", { offset: i / Math.max(1, colours.length - 1), "stop-color": colour })));
      return [colouring, make("rect", { x, y, width, height, fill: `url(#${id})` })];
    },
  };

  function show(index) {
    at = Math.max(0, Math.min(run.slides.length - 1, index));
    const { width, height, items, says } = run.slides[at];
    const sheet = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says });
    sheet.append(make("rect", { width, height, fill: run.background }));
    for (const item of items) sheet.append(...drawn[item.kind](item));
    stage.replaceChildren(sheet);
    said.setAttribute("aria-live", timer ? "off" : "polite");
    said.textContent = says;
    scrub.value = String(at + 1);
    scrub.setAttribute("aria-valuetext", `step ${at + 1} of ${run.slides.length}`);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function toggle() {
    if (timer) return stop();
    if (at === run.slides.length - 1) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => (at < run.slides.length - 1 ? show(at + 1) : stop()), 1000 * run.pace);
  }

  const byHand = (index) => {
    stop();
    show(index);
  };
  byId("back").addEventListener("click", () => byHand(at - 1));
  byId("on").addEventListener("click", () => byHand(at + 1));
  play.addEventListener("click", toggle);
  scrub.addEventListener("input", () => byHand(Number(scrub.value) - 1));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    if (event.key !== " " && event.target === scrub) return;
    const act = { " ": toggle, ArrowRight: () => byHand(at + 1), ArrowLeft: () => byHand(at - 1), Home: () => byHand(0), End: () => byHand(run.slides.length - 1) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  show(0);
})();

"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  const run = JSON.parse(byId("run").textContent);
  const [stage, said, play, scrub] = ["stage", "step", "play", "scrub"].map(byId);
  let at = 0;
  let timer = 0;

  /** A picture is one of the run's; no link leaves the file, and no other name with a colon means anything here. */
  function make([name, values, ...inside]) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) if (!key.includes(":")) element.setAttribute(key, String(value));
    if (name === "image") element.setAttribute("href", run.pictures[values["xlink:href"]]);
    element.append(...inside.map((one) => (typeof one === "string" ? one : make(one))));
    return element;
  }

  function show(index) {
    at = Math.max(0, Math.min(run.slides.length - 1, index));
    const { width, height, nodes, says } = run.slides[at];
    const paper = ["rect", { width, height, fill: run.background }];
    const sheet = make(["svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says }, paper, ...nodes]);
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

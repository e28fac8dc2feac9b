// Where the time goes between the navigation and our first frame: the same visits with the worker taken apart by marks.js.
import { summary } from "./summary.js";
import { SYSTEMS, visitor } from "./visits.mjs";

/** The files of models by their length; of two that are as long, the first is asked for. */
const namesOf = (site) => {
  const all = Object.entries(site.models).flatMap(([id, { files }]) => Object.entries(files).map(([name, { bytes }]) => [bytes, `${id}/${name}`]));
  return new Map(all.reverse());
};

/** What one visit did: {name, at, took}, milliseconds after the navigation. */
function parts({ origin, at, asked, marks, log }, names, address) {
  const since = (time) => time - origin;
  const fetched = log.map(({ path, at, end, bytes }) => ({ name: `fetch ${path.slice(address.length)}`, at: since(at), took: end - at, bytes }));
  const heavy = fetched.filter(({ name }) => /\.(onnx|wasm)$|\/wasm\/|vocabulary/.test(name));
  const page = fetched.filter((one) => !heavy.includes(one));
  const worked = marks.map((mark) => ({
    name: mark.name === "session_load" ? `load ${names.get(mark.bytes)}` : mark.name.replace("session_", ""),
    at: since(mark.at),
    took: mark.end - mark.at,
  }));
  return [
    { name: "files of the page", at: 0, took: Math.max(0, ...page.map(({ at, took }) => at + took)) },
    { name: "page asks for its worker", at: asked, took: 0 },
    ...heavy,
    ...worked.filter(({ name, took }) => took >= 0.5 || /^(start|step|worker)/.test(name)),
    { name: "first frame", at, took: 0 },
  ].sort((a, b) => a.at - b.at);
}

/** The same parts of several visits, each with its medians. */
function middle(visits) {
  const [first] = visits;
  return first.map(({ name }) => {
    const same = visits.map((visit) => visit.find((part) => part.name === name)).filter(Boolean);
    return { name, at: summary(same.map(({ at }) => at)).median, took: summary(same.map(({ took }) => took)).median };
  });
}

/** @param {{server: object, options: object, site: object, rounds: number, only: string}} task */
export async function breakdowns({ server, options, site, rounds, only }) {
  const names = namesOf(site);
  const results = {};
  for (const [system, { page, map }] of Object.entries(SYSTEMS).filter(([name]) => name.toLowerCase().includes(only))) {
    const visits = { cold: [], warm: [] };
    for (let round = 0; round < rounds; round++) {
      const visited = await visitor(options, server, `traced/${page}`, map);
      for (const [when, all] of Object.entries(visits)) all.push(parts(visited[when], names, "/traced/"));
    }
    results[system] = { cold: middle(visits.cold), warm: middle(visits.warm) };
    console.log(system, "parts", JSON.stringify(results[system]));
  }
  return results;
}

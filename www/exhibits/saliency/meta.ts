// What stands out: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { markKey, scaleKey } from "../../kit/legend";
import { action, choice, exhibit, figure, range, steering, toggle, versus } from "../../kit/meta";

export const meta = exhibit({
  name: "saliency",
  title: "What stands out",
  entries: [{ query: "", question: "What stands *out*?", system: "Salient objects", can: "Send a look elsewhere, and save the cut-out.", slides: [29, 29], shows: "A photo, of which only what stands out is left" }],
  chapter: "seeing",
  description: "A network finds what stands out in your photo, look by look, and cuts it out, live in your browser.",
  step: "look",
  knows: "It learned mostly from photos with one object in the middle, so it misses several small ones. Hair and spokes are too fine for its map.",
  papers: [{ authors: "Kuen et al.", title: "Recurrent Attentional Networks for Saliency Detection", venue: "CVPR 2016", url: "https://arxiv.org/abs/1604.03227" }],
  cards: { saliency: "looks", "dense-encoder": "image network" },
  trust: {
    figures: [
      figure(["saliency", "f_beta"], "After six looks its map agrees with what people marked by an F of {value}, of at most one[ ({n} photos)].", { digits: 3 }),
      figure(["saliency", "f_beta_coarse"], "Before any look, at a glance: {value}.", { digits: 3 }),
      figure(["saliency", "mae"], "A place of the map is off by {value} on average, where one would be wholly wrong.", { digits: 3 }),
    ],
    fault: "Measured on photos that were held out, but a few of them were found later among PASCAL VOC's photos, which it learned from too.",
    comparisons: [versus(["saliency", "f_beta"], ["saliency", "f_beta_coarse"], "F of {a} after the looks, {b} before", { digits: 3 })],
  },
  pace: 1.2,
  settings: {
    shown: choice("Show", { cut: "what stands out", map: "the map", photo: "the photo" }, { look: true }),
    looks: range("Looks", 1, 12, 6, { tip: "How many looks it takes after the glance" }),
    glance: toggle("Show the glance beside it", true, { look: true }),
    ...steering("Click on the photo where this look must go"),
    "cut-out": action("Save the cut-out", { disabled: true, tip: "Save what stands out as a PNG with nothing around it" }),
  },
  run: "Run",
  file: photoInput("dog", "surfer", "soccer", "horse", "cat", "astronaut"),
  legend: (frame, { shown }) => [...(frame.maps.length > 0 ? [markKey("box", "--accent", "the window of this look")] : []), ...(shown === "map" ? [scaleKey("viridis", "0", "1", "how much it stands out")] : [])],
  stage: html`
    <div id="stage"><canvas id="photo" role="img" aria-label="What stands out"></canvas><figure id="change-figure"><canvas id="change" role="img" aria-label="What this look changed inside its window"></canvas><figcaption>its change</figcaption></figure><figure id="beside-figure" hidden><canvas id="beside" role="img" aria-label="What stood out at a glance"></canvas><figcaption>at a glance</figcaption></figure></div>`,
});

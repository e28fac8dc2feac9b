// The start page: the path's stills play their recorded runs, the search finds, and a visitor goes on where they were.
import "./lobby.css";
import { html } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { samplePicture } from "../inputs/samples";
import { keepForOffline } from "../run/offline";
import { fetchOpenings } from "../run/recordings";
import { setUpPage } from "../shell/page-setup";
import { forgetPlace, lastPlace } from "../shell/place";
import { offerSearch } from "./search";
import { StillPlayer } from "./still-player";
import { photosOfStills } from "./stills";

/** The line that leads back, in the place of the one that leads to the first exhibit. */
function offerReturn() {
  const line = byId("continue", HTMLElement);
  const { href, textContent } = line.querySelector("a") as HTMLAnchorElement;
  const forget = () => {
    forgetPlace();
    fill(html`<a href=${href}>${textContent}</a>`, line);
    line.querySelector("a")?.focus();
  };
  const show = () => {
    const place = lastPlace();
    if (place) fill(html`<a href=${place.address}>Continue where you were: ${place.system}, <span class="number">step ${place.step}</span></a> <button type="button" id="forget" @click=${forget}>Forget it</button>`, line);
  };
  show();
  // Back from the browser's back/forward cache.
  addEventListener("pageshow", (event) => event.persisted && show());
}

/** Milliseconds after which what is not seen yet may be fetched. */
const LATER = 300;

const isInView = (element: HTMLElement) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
};

export async function open() {
  const players = [...document.querySelectorAll<HTMLElement>(".card")].map((card) => new StillPlayer(card));
  const repaint = () => players.forEach((player) => player.repaint());
  setUpPage(repaint);
  addEventListener("resize", repaint);
  offerReturn();
  offerSearch();
  // One still plays by itself, once: it shows that the others can.
  const first = players.find(({ card }) => isInView(card)) ?? players[0];
  if (await first?.play()) {
    document.documentElement.dataset.frame = "1";
    document.documentElement.dataset.state = "cached";
  }
  void keepForOffline();
  await new Promise((resolve) => setTimeout(resolve, LATER));
  // For a room without a network: the runs and the photos that the exhibits open with.
  await Promise.allSettled([fetchOpenings(), ...(await photosOfStills()).map(samplePicture)]);
  void keepForOffline();
}

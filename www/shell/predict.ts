// The prediction: a visitor says where the model will look next, then the step is shown, and how much of the gaze lay there.
import { html, render } from "lit/html.js";
import { link, linked } from "../kit/link";
import type { Frame } from "../kit/types";
import { scoreOf, type Caught } from "./caught";

/** What a prediction needs of the page around it. */
export interface Predicting {
  readonly run: { readonly frames: readonly Frame[]; readonly over: boolean } | null;
  readonly stage: HTMLElement;
  readonly player: { readonly index: number; goTo(index: number): void; stop(): void };
  readonly controls: { isPressed(name: string): boolean; applies(name: string): boolean; show(name: "guess", state: { pressed: boolean }): void };
  steering: boolean;
  repaint(): void;
  announce(words: string): void;
}

/** What an exhibit says of what is guessed. */
export interface Guessable {
  /** How a guess is made. */
  how: string;
  /** What is known of the next step before it is shown. */
  next(frame: Frame, before: Frame): string;
  /** What is caught, where it is not the gaze in the ring. */
  words?: Parameters<typeof scoreOf>[1];
}

/** While it is on, nothing on the page tells where the next step looks. */
export class Prediction {
  #caught: Caught[] = [];
  readonly #line = document.createElement("p");

  constructor(protected readonly page: Predicting, private readonly guessable: Guessable) {
    this.#line.id = "score";
    this.#line.className = "other";
    this.#line.setAttribute("role", "status");
    page.stage.before(this.#line);
  }

  get on() {
    return this.page.controls.isPressed("guess");
  }

  /** The step that is guessed. */
  get next(): Frame | undefined {
    return this.page.run?.frames[this.page.player.index + 1];
  }

  /** Whether this step is still to be guessed. */
  hides(index: number) {
    return this.on && index > this.page.player.index;
  }

  /** Begins where the address asks for it. */
  open() {
    if (linked("guess") === "on") this.switch(true);
  }

  switch(on: boolean) {
    if (on === this.on) return;
    const { page } = this;
    page.controls.show("guess", { pressed: on });
    link({ guess: on ? "on" : null });
    this.#caught = [];
    if (on) {
      page.steering = false;
      page.player.stop();
      if (page.run?.over && !this.next) page.player.goTo(0);
    }
    page.repaint();
    this.#say(on ? this.#ask() : "");
    // On a phone the button is far below the picture.
    if (on) this.#line.scrollIntoView({ block: "nearest" });
  }

  /** Another run is on the stage. */
  reset() {
    if (!this.on) return;
    if (!this.page.controls.applies("guess")) return this.switch(false);
    this.#caught = [];
    this.page.player.stop();
    this.#say(this.#ask());
  }

  /** More steps have come: by now the next one may be known. */
  grew() {
    if (this.on && this.#caught.length === 0) this.#say(this.#ask());
  }

  /** A guess was made: the step is shown. @param note what an exhibit adds to the score */
  guessed(caught: Caught, note = "") {
    this.#caught.push(caught);
    this.page.player.stop();
    this.page.player.goTo(this.page.player.index + 1);
    const score = scoreOf(this.#caught, this.guessable.words);
    this.#say([note, score, this.next ? this.#asked(this.next) : "That was the last step."].filter(Boolean).join(" "));
  }

  #ask() {
    return this.next ? `${this.#asked(this.next)} ${this.guessable.how}` : this.guessable.how;
  }

  #asked(next: Frame) {
    const before = this.page.run?.frames[this.page.player.index];
    return before ? this.guessable.next(next, before) : "";
  }

  #say(text: string) {
    this.#line.toggleAttribute("data-asks", text !== "");
    render(html`${text}`, this.#line);
  }
}

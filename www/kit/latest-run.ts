// A drag or a slider runs ahead of the models: one run at a time, then one of what is wanted by then.

/** A run that takes longer than this is not waited for, in milliseconds. */
const PATIENCE = 400;

export class LatestRun {
  readonly #begin: () => void;
  /** When the run under way began. */
  #since = -Infinity;
  /** Whether something has moved since then. */
  #again = false;

  constructor(begin: () => void) {
    this.#begin = begin;
  }

  /** Something has moved: begins a run, now or when the one under way is over. */
  move() {
    this.#again = this.#since > performance.now() - PATIENCE;
    if (this.#again) return;
    this.#since = performance.now();
    this.#begin();
  }

  /** Another run has been begun elsewhere, which answers what has moved until now. */
  forget() {
    this.#again = false;
  }

  /** The run under way is over. */
  over() {
    this.#since = -Infinity;
    if (this.#again) this.move();
  }
}

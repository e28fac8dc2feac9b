// A drag or a slider runs ahead of the models: one run at a time, then one of what is wanted by then.

/** A run that takes longer than this is not waited for, in milliseconds. */
const PATIENCE = 400;

export class LatestRun {
  run: () => void;
  since: number;
  again: boolean;

  /** @param run begins a run */
  constructor(run: () => void) {
    this.run = run;
    this.since = -Infinity;
    this.again = false;
  }

  /** Something has moved. */
  move() {
    if (this.since > performance.now() - PATIENCE) {
      this.again = true;
      return;
    }
    this.since = performance.now();
    this.again = false;
    this.run();
  }

  /** Another run is begun, which answers what has moved until now. */
  forget() {
    this.again = false;
  }

  /** The run is over. */
  over() {
    this.since = -Infinity;
    if (this.again) this.move();
  }
}

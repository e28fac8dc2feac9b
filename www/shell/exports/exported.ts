// What an exhibit's page gives to its exports.
import type { ExhibitMeta } from "../../kit/meta";
import type { Frame, Run } from "../../kit/types";

export interface Exported {
  readonly meta: ExhibitMeta;
  readonly run: Run | null;
  readonly values: Record<string, unknown>;
  readonly player: { readonly index: number; stop(): void };
  readonly stage: HTMLElement;
  sentence(run: Run): string;
  isOwn(): boolean;
}

/** Shows a frame of the run as the page does, and no more. */
export type Shows = (index: number) => void;

/** A run as it stood when it was asked for: what comes later is not in it. */
export interface Taken { run: Run; frames: readonly Frame[] }

export function taken(page: Exported): Taken | null {
  const { run } = page;
  return run && run.frames.length > 0 ? { run, frames: [...run.frames] } : null;
}

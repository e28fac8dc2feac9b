// What the stills of the exhibits are drawn of: their recorded runs, and the samples that lie under them.
import { samplePicture } from "../inputs/samples";
import { cachedRun } from "../run/recordings";
import type { Still, StillRun } from "../stage/still";

const modules = import.meta.glob<{ stills: readonly Still[] }>("../exhibits/*/still.ts");

/** A still and its run, by the name that a canvas has: "captions" the exhibit's first, "captions-1" that of its second entry. */
export async function runOf(name: string): Promise<{ still: Still; run: StillRun } | null> {
  const [exhibit, entry] = name.split(/-(?=\d+$)/);
  const { stills } = await modules[`../exhibits/${exhibit}/still.ts`]();
  const still = stills[Number(entry ?? 0)];
  const [recording, photo] = await Promise.all([cachedRun(`${exhibit}.html`, still.settings), still.photo ? samplePicture(still.photo) : document.createElement("canvas")]);
  return recording && { still, run: { frames: recording.frames, photo } };
}

/** The samples that lie under the stills. */
export async function photosOfStills() {
  const all = await Promise.all(Object.values(modules).map((load) => load()));
  return [...new Set(all.flatMap(({ stills }) => stills.flatMap(({ photo }) => photo ?? [])))];
}

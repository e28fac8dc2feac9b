// Counts what comes in over the network.
import type { Progress } from "../kit/types";

export type Count = (bytes: number) => void;

/** Tells how much has come of `total` bytes that are on their way together. */
export function counter(file: string, total: number, tell: (progress: Progress) => void): Count {
  let loaded = 0;
  return (bytes) => {
    loaded += bytes;
    tell({ phase: loaded < total ? "download" : "compile", file, loaded, total });
  };
}

// Counts what comes in over the network.
import type { Progress } from "../kit/types";
import { Refusal } from "./refusal";

export type Count = (bytes: number) => void;

/** Tells how much has come of `total` bytes that are on their way together. */
export function counter(file: string, total: number, tell: (progress: Progress) => void): Count {
  let loaded = 0;
  return (bytes) => {
    loaded += bytes;
    tell({ phase: loaded < total ? "download" : "compile", file, loaded, total });
  };
}

/**
 * All bytes of an answer.
 * @param file what errors call it
 */
export async function bytesOf(response: Response, file: string, count: Count): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { value } = await reader.read().catch(() => {
      throw new Refusal("offline", `${file} broke off after ${length} bytes`);
    });
    if (!value) break;
    parts.push(value);
    length += value.length;
    count(value.length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

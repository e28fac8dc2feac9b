// The photos that ship with the page, and how an exhibit asks for a photo.
import type { FileInput } from "../kit/meta";

const SHOWS = {
  surfer: "a surfer",
  dog: "a woman and a dog",
  soccer: "footballers",
  horse: "a jockey",
  cat: "a cat",
  astronaut: "an astronaut",
  bunting: "a painted bunting",
  towhee: "an eastern towhee",
  blackbird: "a yellow-headed blackbird",
};

export type SamplePhoto = keyof typeof SHOWS;

/** A photo of the visitor's, or one of these samples; the first is shown at first. */
export const photoInput = (...names: [SamplePhoto, ...SamplePhoto[]]): FileInput => ({
  label: "Your photo: drop it anywhere, paste it, or choose one",
  accept: "image/*",
  camera: true,
  samples: names.map((name) => ({ name, shows: SHOWS[name] })),
});

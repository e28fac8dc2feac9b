// How many pixels of a canvas lie in one of the page's: those of the screen, or more while a picture is made that leaves the page.
let wanted: number | null = null;

export const density = () => wanted ?? (devicePixelRatio || 1);

/** Does something with canvases of another density. */
export function atDensity<T>(value: number, act: () => T): T {
  const before = wanted;
  wanted = value;
  try {
    return act();
  } finally {
    wanted = before;
  }
}

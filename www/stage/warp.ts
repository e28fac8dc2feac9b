// A digit turned, scaled, sheared, bent and moved on a picture of 42×42 pixels.

/** The side of the picture that the network sees, in pixels. */
export const SEEN = 42;
const DIGIT = 28;
/** The deepest bend, in pixels of the digit. */
const DEEPEST = 5;

/** How a digit is distorted: `turn` in degrees, `scale`, `shear` and `bend` in hundredths, `x` and `y` in pixels. */
export interface Warp {
  turn: number;
  scale: number;
  shear: number;
  bend: number;
  x: number;
  y: number;
}

export const NONE: Warp = { turn: 0, scale: 100, shear: 0, bend: 0, x: 0, y: 0 };

/** What a visitor sees first. */
export const DISTORTED: Warp = { turn: 55, scale: 85, shear: 25, bend: 0, x: 4, y: -3 };

/** The ink of a digit [28, 28] between its pixels; none lies outside. */
function between(digit: Float32Array, x: number, y: number) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (const [column, row] of [[left, top], [left + 1, top], [left, top + 1], [left + 1, top + 1]]) {
    if (column < 0 || row < 0 || column >= DIGIT || row >= DIGIT) continue;
    sum += digit[row * DIGIT + column] * (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
  }
  return sum;
}

/** A digit [28, 28], distorted: ink [42, 42], 0..1. */
export function warped(digit: Float32Array, { turn, scale, shear, bend, x, y }: Warp) {
  const angle = (turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const size = scale / 100;
  const wave = (place: number) => ((bend * DEEPEST) / 100) * Math.sin((place / DIGIT) * 2 * Math.PI);
  return Float32Array.from({ length: SEEN * SEEN }, (_, at) => {
    const across = (at % SEEN) + 0.5 - SEEN / 2 - x;
    const down = Math.floor(at / SEEN) + 0.5 - SEEN / 2 - y;
    const turned = [(cos * across + sin * down) / size, (cos * down - sin * across) / size];
    const upright = [turned[0] - (shear / 100) * turned[1], turned[1]];
    const straight = [upright[0] + wave(upright[1]), upright[1] + wave(upright[0])];
    return between(digit, straight[0] + DIGIT / 2 - 0.5, straight[1] + DIGIT / 2 - 0.5);
  });
}

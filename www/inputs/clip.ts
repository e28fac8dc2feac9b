// A clip as a strip: its frames one below the other, as many and as large as the network was trained on.

export const FRAMES = 16;
const WIDTH = 224;
const HEIGHT = 168;
/** How many seconds are watched. */
export const WATCHED = 2;
/** A seek that takes longer than this is given up, in milliseconds. */
const PATIENCE = 8000;

class Strip {
  readonly canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D | null;

  constructor() {
    [this.canvas.width, this.canvas.height] = [WIDTH, HEIGHT * FRAMES];
    this.#context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (this.#context) this.#context.imageSmoothingQuality = "high";
  }

  /** Frame `index` shows the middle of the video, four wide and three high. */
  put(video: HTMLVideoElement, index: number) {
    const { videoWidth, videoHeight } = video;
    const width = Math.min(videoWidth, (videoHeight * WIDTH) / HEIGHT);
    const height = (width * HEIGHT) / WIDTH;
    const [left, top] = [(videoWidth - width) / 2, (videoHeight - height) / 2];
    this.#context?.drawImage(video, left, top, width, height, 0, index * HEIGHT, WIDTH, HEIGHT);
  }
}

/** Does something to a video and waits for the event that answers it; rejects at an error, or when nothing comes. */
function after(video: HTMLVideoElement, name: string, act: () => void) {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name}`)), PATIENCE);
    const settle = (done: () => void) => () => {
      clearTimeout(timer);
      done();
    };
    video.addEventListener(name, settle(resolve), { once: true });
    video.addEventListener("error", settle(() => reject(video.error ?? new Error("no video"))), { once: true });
    act();
  });
}

const seek = (video: HTMLVideoElement, seconds: number) => after(video, "seeked", () => (video.currentTime = seconds));

/** Two seconds of a video file from `from` on, or all of a shorter one; it rejects where the browser cannot play its picture. */
export async function clipOf(file: Blob, from: number) {
  if (file.size === 0) throw new Error("an empty file");
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  video.preload = "auto";
  const url = URL.createObjectURL(file);
  try {
    await after(video, "loadeddata", () => (video.src = url));
    // A recording made in a browser does not know how long it is until its end has been seen.
    if (video.duration === Infinity) await seek(video, 1e7);
    const duration = video.duration === Infinity ? video.currentTime : video.duration;
    if (!(duration > 0) || video.videoWidth === 0) throw new Error("no picture");
    const begin = Math.max(0, Math.min(from, duration - WATCHED));
    const length = Math.min(WATCHED, duration);
    const strip = new Strip();
    for (let i = 0; i < FRAMES; i++) {
      await seek(video, begin + ((i + 0.5) / FRAMES) * length);
      strip.put(video, i);
    }
    return { strip: strip.canvas, duration };
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

/** The next two seconds of a playing video. */
export async function recorded(video: HTMLVideoElement) {
  const strip = new Strip();
  for (let i = 0; i < FRAMES; i++) {
    strip.put(video, i);
    await new Promise((resolve) => setTimeout(resolve, (1000 * WATCHED) / FRAMES));
  }
  return strip.canvas;
}

const cut = new WeakMap<HTMLCanvasElement, HTMLCanvasElement[]>();

function framesOf(strip: HTMLCanvasElement) {
  const height = strip.height / FRAMES;
  return Array.from({ length: FRAMES }, (_, i) => {
    const frame = document.createElement("canvas");
    [frame.width, frame.height] = [strip.width, height];
    frame.getContext("2d", { willReadFrequently: true })?.drawImage(strip, 0, -i * height);
    return frame;
  });
}

/** One frame of a strip, counted from 0. */
export function frameOf(strip: HTMLCanvasElement, index: number) {
  const frames = cut.get(strip) ?? framesOf(strip);
  cut.set(strip, frames);
  return frames[Math.max(0, Math.min(FRAMES - 1, index))];
}

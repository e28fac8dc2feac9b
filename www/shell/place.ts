// "Continue where you were": the exhibit and the frame that were open last, kept in this browser and nowhere else.
import { remember } from "../kit/remember";

const KEY = "place";

/** Where the visitor was: the page with its query, its system, and the frame. */
export interface Place {
  address: string;
  system: string;
  step: number;
}

const isPlace = (value: unknown): value is Place => {
  const { address, system, step } = (value ?? {}) as Partial<Place>;
  return typeof address === "string" && /^[a-z-]+\.html(\?|$)/.test(address) && typeof system === "string" && system.length < 100 && Number.isInteger(step);
};

/** The place that was kept last; null where there is none, or storage is blocked, or something else stands there. */
export function lastPlace(): Place | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return isPlace(value) ? value : null;
  } catch {
    return null;
  }
}

export const forgetPlace = () => remember(KEY, null);

/** Keeps where the visitor is when the page is left or hidden. `now` answers null while there is nothing to come back to. */
export function keepPlaceOnLeaving(now: () => Place | null) {
  const keep = () => {
    const place = now();
    if (place) remember(KEY, JSON.stringify(place));
  };
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
}

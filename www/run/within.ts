// No service of the browser may hold up a run: a broken profile, a full disk or a hanging driver leaves its promises open for ever.

/** Milliseconds for storage to answer. */
export const STORAGE_PATIENCE = 1500;

/** What `asked` comes to; null if it has not come within so many milliseconds. */
export function inTime<T>(milliseconds: number, asked: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<null>((resolve) => (timer = setTimeout(resolve, milliseconds, null)));
  return Promise.race([asked, silence]).finally(() => clearTimeout(timer));
}

/** What `asked` comes to, or `otherwise` if it fails or has not come in time. */
export const within = async <T, U>(milliseconds: number, asked: Promise<T> | undefined, otherwise: U): Promise<T | U> =>
  (asked && (await inTime(milliseconds, asked).catch(() => null))) ?? otherwise;

// Whether bytes are the ones that were asked for: hosts and their proxies answer with sign-in pages, halves and damaged files.
import { plainSha256 } from "./sha256";

/** The SHA-256 of some bytes in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Pages from http:// beyond localhost have no cryptography of the browser's.
  const digest = globalThis.crypto?.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : plainSha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param expected the digest or how it begins */
export const carries = async (bytes: Uint8Array<ArrayBuffer>, expected: string) => (await sha256(bytes)).startsWith(expected);

/** How the digest of a file begins, where the build wrote that into its name. */
export const digestIn = (path: string) => /\.([0-9a-f]{12})\.\w+$/.exec(path)?.[1];

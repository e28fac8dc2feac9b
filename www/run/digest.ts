// Whether bytes are the ones that were asked for: hosts and their proxies answer with sign-in pages, halves and damaged files.

/** The SHA-256 of some bytes in hexadecimal; null where the browser has no cryptography, as on http:// beyond localhost. */
export async function sha256(bytes: BufferSource): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param expected the digest or how it begins */
export async function carries(bytes: BufferSource, expected: string) {
  const digest = await sha256(bytes);
  return digest === null || digest.startsWith(expected);
}

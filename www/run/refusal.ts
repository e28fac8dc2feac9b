/** An error that the page has words for: `kind` says which, the message what exactly. */
export class Refusal extends Error {
  constructor(readonly kind: string, message: string) {
    super(message);
  }
}

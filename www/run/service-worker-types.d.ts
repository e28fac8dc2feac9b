// What the service worker uses of its global scope: TypeScript's declarations of pages and workers exclude each other.
interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface WindowClient {
  readonly url: string;
  navigate(url: string): Promise<WindowClient | null>;
}
interface ServiceWorkerGlobalScope {
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled?: boolean }): Promise<readonly WindowClient[]>;
  };
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "message", listener: (event: ExtendableEvent & { readonly data: unknown; readonly ports: readonly MessagePort[] }) => void): void;
}

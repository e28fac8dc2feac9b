// A photo or a clip from the visitor's camera, taken in a dialog; it goes nowhere but into the exhibit.
import { html, render } from "lit/html.js";
import { byId } from "../kit/dom";
import { complain } from "../kit/notice";
import { isLocked } from "../kit/view";

/** Why a browser gives no camera, as the notice has words for it. */
const REASONS: Record<string, string> = { NotFoundError: "no-camera-here", OverconstrainedError: "no-camera-here", NotReadableError: "busy-camera", AbortError: "busy-camera" };

async function photoOf(video: HTMLVideoElement): Promise<Uint8Array | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

/** Makes the button #camera take a photo, or leaves it hidden where the browser has no cameras. */
export const offerCamera = (take: (bytes: Uint8Array) => void) => offerTaking("Take the photo", photoOf, take);

/**
 * Makes the button #camera take something from the camera's video.
 * @param label of the button in the dialog that takes it
 */
export function offerTaking<T>(label: string, shot: (video: HTMLVideoElement) => Promise<T | null>, take: (taken: T) => void) {
  const button = byId("camera", HTMLButtonElement);
  if (!navigator.mediaDevices?.getUserMedia || isLocked("sample")) return;
  // A frame without `allow="camera"` gives none.
  const { featurePolicy } = document as Document & { featurePolicy?: { allowsFeature(name: string): boolean } };
  if (featurePolicy?.allowsFeature("camera") === false) return;
  button.hidden = false;
  let asking = false;
  button.addEventListener("click", async () => {
    if (asking) return;
    asking = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      openDialog(button, stream, label, async (video) => {
        const taken = await shot(video);
        return () => taken && take(taken);
      });
    } catch (error) {
      complain(REASONS[(error as DOMException).name] ?? "no-camera");
    } finally {
      asking = false;
    }
  });
}

/** Shows what the camera sees; `shoot` takes something of it, and what it answers is called when the dialog has been closed. */
function openDialog(opener: HTMLElement, stream: MediaStream, label: string, shoot: (video: HTMLVideoElement) => Promise<() => void>) {
  const dialog = document.createElement("dialog");
  dialog.className = "camera";
  dialog.setAttribute("aria-label", "Camera");
  const draw = (ready: boolean) =>
    render(
      html`<video playsinline aria-label="What the camera sees" @loadeddata=${() => draw(true)}></video>
        <p class="row"><button type="button" id="shoot" class="strong" ?disabled=${!ready} @click=${taken}>${label}</button><button type="button" @click=${() => dialog.close()}>Close</button></p>`,
      dialog,
    );
  const taken = async () => {
    draw(false);
    const video = dialog.querySelector("video");
    const done = video && (await shoot(video));
    dialog.close();
    done?.();
  };
  dialog.addEventListener("close", () => {
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
    opener.focus();
  });
  draw(false);
  document.body.append(dialog);
  dialog.showModal();
  const video = dialog.querySelector("video");
  if (!video) return;
  video.muted = true;
  video.srcObject = stream;
  // A browser that does not play without a press shows its first frame all the same.
  video.play().catch(() => {});
}

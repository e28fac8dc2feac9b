// A photo from the visitor's camera, taken in a dialog; the picture goes nowhere but into the exhibit.
import { byId, el } from "../kit/dom";
import { complain } from "../kit/notice";

async function still(video: HTMLVideoElement): Promise<Uint8Array | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise((done: BlobCallback) => canvas.toBlob(done, "image/jpeg", 0.92));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

/** Makes the button #camera take a photo, or leaves it hidden where there is no camera to ask for. */
export const offerCamera = (take: (bytes: Uint8Array) => void) => offerTaking("Take the photo", still, take);

/**
 * Makes the button #camera take something from the camera's video.
 * @param label of the button that takes it
 */
export function offerTaking<T>(label: string, shot: (video: HTMLVideoElement) => Promise<T | null>, take: (taken: T) => void) {
  const button = byId("camera", HTMLButtonElement);
  if (!navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      complain("no-camera");
      return;
    }
    const video = el("video", { playsinline: true, "aria-label": "What the camera sees" });
    video.muted = true;
    video.srcObject = stream;
    const shoot = el("button", { type: "button", id: "shoot", class: "strong", disabled: true }, label);
    const close = el("button", { type: "button" }, "Close");
    const dialog = el("dialog", { class: "camera", "aria-label": "Camera" }, video, el("p", { class: "row" }, shoot, close));
    dialog.addEventListener("close", () => {
      for (const track of stream.getTracks()) track.stop();
      dialog.remove();
      button.focus();
    });
    video.addEventListener("loadeddata", () => (shoot.disabled = false));
    close.addEventListener("click", () => dialog.close());
    shoot.addEventListener("click", async () => {
      shoot.disabled = true;
      const taken = await shot(video);
      dialog.close();
      if (taken) take(taken);
    });
    document.body.append(dialog);
    dialog.showModal();
    await video.play().catch(() => {});
  });
}

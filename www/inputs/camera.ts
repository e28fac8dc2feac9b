// A photo from the visitor's camera, taken in a dialog; the picture goes nowhere but into the exhibit.
import { byId, el } from "./dom.js";
import { complain } from "./notice.js";

/** @param {HTMLVideoElement} video @returns {Promise<Uint8Array | null>} */
async function still(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise((/** @type {BlobCallback} */ done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

/** Makes the button #camera take a photo, or leaves it hidden where there is no camera to ask for.
 * @param {(bytes: Uint8Array) => void} take */
export const offerCamera = (take) => offerTaking("Take the photo", still, take);

/** Makes the button #camera take something from the camera's video. @template T @param {string} label of the button that takes it
 * @param {(video: HTMLVideoElement) => Promise<T | null>} shot @param {(taken: T) => void} take */
export function offerTaking(label, shot, take) {
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

// What is dropped beside a text field never takes the place of the page. Where no picture is taken, that is said.
import { isTextField } from "../kit/dom";

function say(words: string) {
  const told = document.querySelector("#dropped") ?? document.createElement("p");
  told.id = "dropped";
  told.setAttribute("role", "status");
  told.textContent = words;
  (document.querySelector("main") ?? document.body).prepend(told);
}

export function holdDrops() {
  const holds = (event: DragEvent) => {
    const isFile = event.dataTransfer?.types.includes("Files") ?? false;
    const holds = isFile || !isTextField(event.target);
    if (holds) event.preventDefault();
    return isFile;
  };
  addEventListener("dragover", holds);
  addEventListener("drop", (event) => {
    if (holds(event) && !document.querySelector("#drop")) say("No file is taken here. The exhibits that look at a photo take one: drop it there.");
  });
}

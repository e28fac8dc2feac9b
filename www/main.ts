// Where every page begins: what its HTML says it is decides which module is loaded. public/early.js says so where that fails.
import "./kit/base.css";
import { holdDrops } from "./inputs/drops";
import { beginEarly } from "./run/start-worker";

type Opener = { open(): void | Promise<void> };
const exhibits = import.meta.glob<Opener>("./exhibits/*/page.ts");
const rooms: Record<string, () => Promise<Opener>> = {
  start: () => import("./lobby/start"),
  data: () => import("./lobby/data"),
  course: () => import("./lobby/course"),
  teach: () => import("./lobby/teach"),
  offline: () => import("./lobby/offline"),
  moved: () => import("./lobby/moved"),
};

const root = document.documentElement;
const { exhibit, room = "start" } = root.dataset;

async function start(load: () => Promise<Opener>) {
  const page = await load();
  const opened = page.open();
  root.dataset.started = "";
  const trouble = document.querySelector<HTMLElement>("#trouble");
  if (trouble) {
    trouble.hidden = true;
    // The link that skips the head of the page must be the first one.
    document.body.append(trouble);
  }
  try {
    await opened;
  } catch (error) {
    dispatchEvent(new CustomEvent("trouble", { detail: (error as Error).message }));
    throw error;
  }
}

holdDrops();
if (exhibit) beginEarly(exhibit);
// What fails before the page has started is heard by early.js.
void start(exhibit ? exhibits[`./exhibits/${exhibit}/page.ts`] : rooms[room]);

// Where every page begins: what its HTML says it is decides which module is loaded.
import "./kit/base.css";
import { beginEarly } from "./run/start-worker";

type Opener = { open(): void | Promise<void> };
const exhibits = import.meta.glob<Opener>("./exhibits/*/page.ts");
const rooms: Record<string, () => Promise<Opener>> = {
  start: () => import("./lobby/start"),
  data: () => import("./lobby/data"),
  moved: () => import("./lobby/moved"),
};

const { exhibit, room = "start" } = document.documentElement.dataset;
if (exhibit) {
  void beginEarly(exhibit);
  void exhibits[`./exhibits/${exhibit}/page.ts`]().then((page) => page.open());
} else {
  void rooms[room]().then((page) => page.open());
}

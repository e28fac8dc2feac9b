// All exhibits in the lecture's order: a new one is its folder, its file in src/exhibits, and a line here and there.
import type { ExhibitMeta } from "../kit/meta";
import { meta as captions } from "./captions/meta";

export const exhibits: readonly ExhibitMeta[] = [captions];

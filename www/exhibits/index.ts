// All exhibits in the lecture's order: a new one is its folder, its file in src/exhibits, and a line here and there.
import type { ExhibitMeta } from "../kit/meta";
import { meta as actions } from "./actions/meta";
import { meta as birds } from "./birds/meta";
import { meta as captions } from "./captions/meta";
import { meta as cropLab } from "./crop-lab/meta";
import { meta as draw } from "./draw/meta";
import { meta as glimpses } from "./glimpses/meta";
import { meta as handwriting } from "./handwriting/meta";
import { meta as questions } from "./questions/meta";
import { meta as saliency } from "./saliency/meta";
import { meta as scales } from "./scales/meta";
import { meta as softLab } from "./soft-lab/meta";
import { meta as spatial } from "./spatial/meta";
import { meta as translate } from "./translate/meta";
import { meta as yourModel } from "./your-model/meta";

export const exhibits: readonly ExhibitMeta[] = [translate, captions, softLab, glimpses, draw, handwriting, cropLab, spatial, birds, questions, actions, saliency, scales, yourModel];

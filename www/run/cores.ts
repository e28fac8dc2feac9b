// The files of the cores that this build has: the lean one, and the one that reads any ONNX file.
import { onnx, wasm } from "virtual:site";

export const coreFiles = [wasm, onnx].flatMap((core) => (core ? [core.js, core.wasm] : []));

// Written by `./build.sh types` from the second core: change it there.

/**
 * The size along an axis: a number, or the name of an open dimension.
 */
export type OnnxSize = number | string;

/**
 * An input or output.
 */
export type OnnxPort = { name: string,
/**
 * "float", "int64", …
 */
kind: string,
/**
 * Nothing if the file does not even say how many axes there are.
 */
shape: Array<OnnxSize> | null, };

/**
 * One node of the graph.
 */
export type OnnxNode = {
/**
 * As the file names it, or else its first output.
 */
name: string, operator: string,
/**
 * The nodes that it takes values from; −1 − i is the graph's input i.
 */
from: Array<number>,
/**
 * Numbers of its weights.
 */
weights: number, };

/**
 * A dimension that the visitor gives a number.
 */
export type OpenDimension = { name: string,
/**
 * A sensible number.
 */
guess: number,
/**
 * Where it stands: "images, axis 0".
 */
at: string, };

/**
 * What the page shows of a file.
 */
export type OnnxDescription = { opset: number,
/**
 * The program that wrote it, with its version.
 */
producer: string,
/**
 * Numbers that were learned.
 */
weights: number, inputs: Array<OnnxPort>, outputs: Array<OnnxPort>,
/**
 * The open dimensions of the inputs.
 */
open: Array<OpenDimension>, nodes: Array<OnnxNode>,
/**
 * The operators that no node of which can run here.
 */
unknown: Array<string>, };

/**
 * What is known once the open dimensions have numbers.
 */
export type OnnxReady = {
/**
 * Name and shape of what is given, in the file's order.
 */
inputs: Array<[string, Array<number>]>,
/**
 * Of each node of the file; nothing where tract does not tell.
 */
shapes: Array<Array<number> | null>,
/**
 * Multiply-adds of each node.
 */
work: Array<number>, };

/**
 * A value that a run made: an output, or the weights of a softmax.
 */
export type OnnxMade = { name: string,
/**
 * The node that made it, if it is a softmax's.
 */
node: number | null,
/**
 * Whether the file names it as an output.
 */
output: boolean,
/**
 * Of a softmax the axis along which the weights sum to 1 stands last.
 */
shape: Array<number>, values: Float32Array,
/**
 * Whether the numbers along the last axis are not negative and sum to 1.
 */
distribution: boolean, };

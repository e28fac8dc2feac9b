// What an exhibit tells of a use of the keys on something that is drawn on, dragged or pointed at.
import type { Cell } from "../kit/arrows";

/** One use of the keys. Places are shares of the element's width and height. */
export interface Keyed {
  /** What the keys do now, for eye and ear; null while this use is not wanted. */
  how(): string | null;
  /** Columns and rows that the arrow keys go through. */
  places?(): Cell;
  /** Where the middle of a cell is drawn, if the cells do not fill the element. */
  spot?(cell: Cell): [x: number, y: number];
  /** The cursor has come to a place: what lies there, if anything. */
  moved?(x: number, y: number, cell: Cell): string | undefined;
  /** In place of a cursor the arrow keys move something itself, by so many steps: where it is then. */
  slides?(across: number, down: number): string;
  /** How far an arrow goes. */
  stride?(shift: boolean): number;
  /** The diameter of the cursor's ring, as a share of the element's width. */
  width?(): number;
  /** Other keys by their names: what is said of it, if anything. */
  keys?: Record<string, (x: number, y: number, cell: Cell) => string | void>;
  /** The focus has gone. */
  left?(): void;
}

// The contract of a tool: one file each, one word in the registry. A tool gets presses in image pixels and changes the
// document through the session; it knows no DOM but the canvas that its preview is painted on.
import type { KeyEntry } from "../../../core/hotkeys";
import type { GeometryKind, Point } from "../../../core/types";
import type { Stage } from "../stage";

export interface Press {
  /** In image pixels, not yet brought into the image. */
  point: Point;
  alt: boolean;
  shift: boolean;
  control: boolean;
}

export interface Tool {
  id: string;
  title: string;
  key: string;
  what: string;
  /** What the pointer does, for the title of the button and for screen readers. */
  hint: string;
  /** A class must be able to be one of these, else the tool is not offered. */
  needs: readonly GeometryKind[];
  /** What it draws anew; tools that only change shapes have none. */
  makes?: GeometryKind;
  /** Takes a press; false leaves it to picking. */
  down(stage: Stage, press: Press): boolean;
  /** The pointer moves while it is held. */
  drag?(stage: Stage, press: Press): void;
  /** The pointer moves while nothing is held. */
  hover?(stage: Stage): void;
  up?(stage: Stage, press: Press): void;
  /** Ends what is half drawn; false when there is nothing. */
  finish?(stage: Stage): boolean;
  paint?(context: CanvasRenderingContext2D, stage: Stage, colour: string): void;
  /** Keys that only this tool has, and what they do. */
  keys?: readonly KeyEntry[];
  run?(stage: Stage, command: string): boolean;
  /** Puts a shape into the middle of what is seen, for who has no mouse. */
  insert?(stage: Stage): boolean;
}

export function keyOf(id: string, keys: string[], what: string): KeyEntry {
  return { id, keys, what, group: "Image" };
}

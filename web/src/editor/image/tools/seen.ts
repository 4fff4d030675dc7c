// The pixels of the picture, for the tools that look at it.
import type { Pixels } from "../../../core/vision/pixels";
import type { Stage } from "../stage";

export function seen(stage: Stage): Pixels | undefined {
  const pixels = stage.pixels();
  if (!pixels) stage.session.announce("The pixels of this picture cannot be read here");
  return pixels;
}

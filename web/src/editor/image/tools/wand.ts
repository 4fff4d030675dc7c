// The magic wand: what hangs together with a press and is of like colour.

import { tilesOfCounts } from "../segmenter";
import { ask } from "../vision";
import { applyPixels } from "./masks";
import { seen } from "./seen";
import { keyOf, type Tool } from "./tool";

const tolerance = { value: 24 };

export const wand: Tool = {
  id: "wand",
  title: "Wand",
  key: "w",
  what: "Take what hangs together and is of like colour",
  hint: "Click to add an area of like colour to the mask, Shift + click to take it away; { and } change the tolerance",
  needs: ["mask"],
  makes: "mask",
  down(stage, { alt, shift, point }) {
    if (alt) return false;
    const pixels = seen(stage);
    if (!pixels) return true;
    stage.later(async () => {
      const counts = await ask(pixels, { kind: "wand", at: point, tolerance: tolerance.value });
      const found = tilesOfCounts(pixels, counts);
      return () => found && applyPixels(stage, found, !shift, "wand");
    });
    return true;
  },
  keys: [
    keyOf("wand-less", ["{"], "Wand: less tolerance"),
    keyOf("wand-more", ["}"], "Wand: more tolerance"),
  ],
  run(stage, command) {
    tolerance.value = Math.max(0, Math.min(200, tolerance.value + (command === "wand-more" ? 8 : -8)));
    stage.session.announce(`The wand takes colours up to ${tolerance.value} away`);
    return true;
  },
};

// How the picture is looked at, and what may be touched: brightness, contrast, gamma, negative, grid, lock, order.
import type { KeyEntry } from "../../core/hotkeys";
import { gripsOf, handleAt } from "./handles";
import { toggledJoint } from "./joints";
import type { Adjustment, Stage } from "./stage";
import { keyOf } from "./tools/tool";
import type { View } from "./view";

export const LOOK_COMMANDS: readonly KeyEntry[] = [
  keyOf("view-brighter", ["Alt+2"], "Brighter"),
  keyOf("view-darker", ["Alt+1"], "Darker"),
  keyOf("view-more-contrast", ["Alt+4"], "More contrast"),
  keyOf("view-less-contrast", ["Alt+3"], "Less contrast"),
  keyOf("view-more-gamma", ["Alt+6"], "Lift the dark parts (gamma)"),
  keyOf("view-less-gamma", ["Alt+5"], "Lower the dark parts (gamma)"),
  keyOf("view-invert", ["Alt+7"], "Show the negative"),
  keyOf("view-grid", ["Alt+8"], "Show a grid"),
  keyOf("view-reset", ["Alt+0"], "Show the picture as it is"),
  keyOf("lock", ["Shift+l"], "Lock or unlock the selected regions; without a selection unlock all"),
  keyOf("to-front", ["Ctrl+]"], "Bring the region to the front"),
  keyOf("to-back", ["Ctrl+["], "Send the region to the back"),
];

const STEP = 1.15;

export function runLook(stage: Stage, command: string): boolean {
  const { adjustment } = stage;
  const scaled = (name: "brightness" | "contrast" | "gamma", factor: number): boolean => {
    adjustment[name] = Math.max(0.2, Math.min(5, Math.round(adjustment[name] * factor * 100) / 100));
    return shown(stage, `${name} ${Math.round(adjustment[name] * 100)} %`);
  };
  switch (command) {
    case "view-brighter":
      return scaled("brightness", STEP);
    case "view-darker":
      return scaled("brightness", 1 / STEP);
    case "view-more-contrast":
      return scaled("contrast", STEP);
    case "view-less-contrast":
      return scaled("contrast", 1 / STEP);
    case "view-more-gamma":
      return scaled("gamma", STEP);
    case "view-less-gamma":
      return scaled("gamma", 1 / STEP);
    case "view-invert":
      adjustment.invert = !adjustment.invert;
      return shown(stage, adjustment.invert ? "Negative" : "Positive");
    case "view-grid":
      adjustment.grid = !adjustment.grid;
      return shown(stage, adjustment.grid ? "The grid is shown" : "The grid is hidden");
    case "view-reset":
      Object.assign(adjustment, { brightness: 1, contrast: 1, gamma: 1, invert: false, grid: false });
      return shown(stage, "The picture as it is");
    case "lock":
      return !stage.readOnly && lock(stage);
    case "to-front":
    case "to-back":
      return !stage.readOnly && reorder(stage, command === "to-front");
    case "joint-visibility":
      return !stage.readOnly && jointUnderPointer(stage);
    default:
      return false;
  }
}

function shown(stage: Stage, words: string): boolean {
  stage.session.announce(words.charAt(0).toUpperCase() + words.slice(1));
  stage.repaint("background");
  return true;
}

function lock(stage: Stage): boolean {
  const ids = stage.session.ui.state.selection;
  const open = ids.some((id) => !stage.locked.has(id));
  const locked = new Set(ids.length === 0 ? [] : stage.locked);
  for (const id of ids) {
    if (open) locked.add(id);
    else locked.delete(id);
  }
  stage.session.ui.set({ locked });
  stage.session.announce(ids.length === 0 ? "All regions are unlocked" : open ? "Locked" : "Unlocked");
  stage.repaint("shapes", "overlay");
  return true;
}

/** The order of the answer is the order of painting: the last lies on top. */
function reorder(stage: Stage, front: boolean): boolean {
  const regions = stage.own();
  if (regions.length === 0) return false;
  const ids = new Set(regions.map((region) => region.id));
  const answer = stage.session.doc.answer();
  const others = answer.regions.filter((region) => !ids.has(region.id));
  const next = front ? [...others, ...regions] : [...regions, ...others];
  stage.session.doc.replace(front ? "bring to the front" : "send to the back", { ...answer, regions: next });
  stage.session.ui.select(...ids);
  return true;
}

function jointUnderPointer(stage: Stage): boolean {
  const [region] = stage.own();
  if (region?.geometry.type !== "keypoints" || !stage.cursor) return false;
  const handle = handleAt(gripsOf(region.geometry, stage.view.scale), stage.cursor, stage.view.scale);
  if (handle?.kind !== "point") return false;
  const geometry = toggledJoint(region.geometry, handle.index);
  stage.session.doc.changeRegion("change a joint", region.id, { geometry });
  stage.session.announce(`The joint is ${geometry.points[handle.index]?.visibility}`);
  return true;
}

/** The filter of the picture's canvas. Gamma is a table of an SVG filter in a data address. */
export function filterOf({ brightness, contrast, gamma, invert }: Adjustment): string {
  const parts: string[] = [];
  if (gamma !== 1) {
    const line = (name: string) => `<feFunc${name} type='gamma' exponent='${(1 / gamma).toFixed(3)}'/>`;
    const svg = `<svg xmlns='http://www.w3.org/2000/svg'><filter id='g' color-interpolation-filters='sRGB'><feComponentTransfer>${line("R")}${line("G")}${line("B")}</feComponentTransfer></filter></svg>`;
    parts.push(`url("data:image/svg+xml,${encodeURIComponent(svg)}#g")`);
  }
  if (brightness !== 1) parts.push(`brightness(${brightness})`);
  if (contrast !== 1) parts.push(`contrast(${contrast})`);
  if (invert) parts.push("invert(1)");
  return parts.length > 0 ? parts.join(" ") : "none";
}

/** A line every so many pixels of the image that lines are 16 to 160 apart on the screen. */
export function paintGrid(context: CanvasRenderingContext2D, view: View): void {
  let step = 1;
  while (step * view.scale < 16) step *= 10;
  const seen = view.visible();
  const [right, bottom] = [Math.min(view.imageWidth, seen.right), Math.min(view.imageHeight, seen.bottom)];
  const [left, top] = view.toScreen([Math.max(0, seen.left), Math.max(0, seen.top)]);
  const [endX, endY] = view.toScreen([right, bottom]);
  // A light line beside a dark one is seen on every picture.
  for (const [colour, offset] of [
    ["rgba(0, 0, 0, .45)", 0],
    ["rgba(255, 255, 255, .45)", 1],
  ] as const) {
    context.fillStyle = colour;
    for (let x = Math.ceil(Math.max(0, seen.left) / step) * step; x <= right; x += step) {
      context.fillRect(Math.round(view.toScreen([x, 0])[0]) + offset, top, 1, endY - top);
    }
    for (let y = Math.ceil(Math.max(0, seen.top) / step) * step; y <= bottom; y += step) {
      context.fillRect(left, Math.round(view.toScreen([0, y])[1]) + offset, endX - left, 1);
    }
  }
}

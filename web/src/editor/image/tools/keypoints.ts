// Skeletons: the joints of the class in their order. A click is a visible joint, with Shift an occluded one; a key
// leaves one out. On a finished skeleton the same tool places what is missing.
import type { Keypoints } from "../joints";
import { missingJoint, withJoint } from "../joints";
import { paintShape } from "../paint";
import type { Stage } from "../stage";
import { placeOf } from "./points";
import { keyOf, type Press, type Tool } from "./tool";

/** The class whose skeleton is drawn, and its joints' names. */
function template(stage: Stage) {
  const found = stage.session.classFor("keypoints");
  const names = found?.skeleton?.points ?? [];
  return names.length > 0 ? { found, names, edges: found?.skeleton?.edges ?? [] } : undefined;
}

function joints(stage: Stage): Keypoints {
  const names = template(stage)?.names ?? [];
  return {
    type: "keypoints",
    points: names.map((_, index) => {
      const [x, y] = stage.points[index] ?? [0, 0];
      return { x, y, visibility: stage.marks[index] ?? "absent" };
    }),
  };
}

/** The one selected skeleton of this person's own with a joint that is not placed. */
function incomplete(stage: Stage) {
  const [region, ...more] = stage.own();
  if (!region || more.length > 0 || region.geometry.type !== "keypoints") return undefined;
  const index = missingJoint(region.geometry);
  return index === undefined ? undefined : { region, geometry: region.geometry, index };
}

function sayNext(stage: Stage): void {
  const name = template(stage)?.names[stage.points.length];
  if (name !== undefined) stage.session.announce(`Next: ${name}`);
}

function add(stage: Stage, at: [number, number], visibility: "visible" | "occluded" | "absent"): void {
  stage.setPoints([...stage.points, at], [...stage.marks.slice(0, stage.points.length), visibility]);
  stage.dropped = undefined;
  const all = template(stage)?.names.length ?? 0;
  if (stage.points.length >= all) finish(stage);
  else sayNext(stage);
  stage.repaint("overlay");
}

function finish(stage: Stage): boolean {
  if (stage.points.length === 0) return false;
  const found = joints(stage);
  if (found.points.every((one) => one.visibility === "absent")) {
    stage.session.announce("At least one joint is to be placed");
    stage.points = [];
    return true;
  }
  stage.make(found);
  return true;
}

function place(stage: Stage, press: Press): boolean {
  if (!template(stage)) {
    stage.session.announce("No class of this schema has a skeleton");
    return true;
  }
  const visibility = press.shift ? "occluded" : "visible";
  const at = placeOf(stage, press);
  const open = stage.points.length === 0 ? incomplete(stage) : undefined;
  if (open) {
    const geometry = withJoint(open.geometry, open.index, { x: at[0], y: at[1], visibility });
    stage.session.doc.changeRegion("place a joint", open.region.id, { geometry });
    return true;
  }
  add(stage, at, visibility);
  return true;
}

export const keypoints: Tool = {
  id: "keypoints",
  title: "Skeleton",
  key: "k",
  what: "Place the joints of a skeleton",
  hint: "Click joint after joint, Shift + click where it is hidden, N where it is absent",
  needs: ["keypoints"],
  makes: "keypoints",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    return place(stage, press);
  },
  finish,
  keys: [
    keyOf("skip-joint", ["n"], "Skeleton: the next joint is absent"),
    keyOf(
      "joint-visibility",
      ["Shift+v"],
      "Skeleton: the joint under the pointer is visible or occluded (Delete makes it absent)",
    ),
  ],
  run(stage, command) {
    if (command === "skip-joint" && stage.session.ui.state.tool === "keypoints" && template(stage)) {
      add(stage, [0, 0], "absent");
      return true;
    }
    return false;
  },
  insert(stage) {
    const found = template(stage);
    if (!found) return false;
    const { view } = stage;
    const points = found.names.map((_, index) => {
      const turn = (2 * Math.PI * index) / found.names.length - Math.PI / 2;
      const [x, y] = stage.inside(
        view.toImage([view.width * (0.5 + 0.1 * Math.cos(turn)), view.height * (0.5 + 0.1 * Math.sin(turn))]),
      );
      return { x, y, visibility: "visible" as const };
    });
    return stage.make({ type: "keypoints", points });
  },
  paint(context, stage, colour) {
    if (stage.points.length === 0) return;
    const edges = template(stage)?.edges;
    const look = { colour, fill: 0, width: 2, dash: [], halo: true, edges };
    paintShape(context, stage.view, joints(stage), look);
  },
};

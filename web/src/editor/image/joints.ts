// The joints of a skeleton: which is missing, and how visible each is.
import type { Geometry } from "../../core/types";

export type Keypoints = Geometry & { type: "keypoints" };
export type Joint = Keypoints["points"][number];
export type Visibility = Joint["visibility"];

/** The first joint that is not placed. */
export function missingJoint(shape: Keypoints): number | undefined {
  const index = shape.points.findIndex((one) => one.visibility === "absent");
  return index < 0 ? undefined : index;
}

export function withJoint(shape: Keypoints, index: number, joint: Joint): Keypoints {
  return { ...shape, points: shape.points.map((one, at) => (at === index ? joint : one)) };
}

/** Visible, then occluded, then visible again; absent joints come back by being placed. */
export function toggledJoint(shape: Keypoints, index: number): Keypoints {
  const joint = shape.points[index];
  if (!joint || joint.visibility === "absent") return shape;
  return withJoint(shape, index, {
    ...joint,
    visibility: joint.visibility === "visible" ? "occluded" : "visible",
  });
}

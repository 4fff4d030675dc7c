// How a project is worked on, before anybody has said so.
import type { Schemas } from "../api/client";

export type ProjectSettings = Schemas["ProjectSettings"];

export const DEFAULT_SETTINGS: ProjectSettings = {
  overlap: 1,
  order: "sequential",
  seed: 1,
  lease_seconds: 1800,
  review: { type: "none" },
  blind: false,
  iou_threshold: 0.5,
  fields: {},
  shapes: {},
  gold_threshold: 0.8,
  automation: { field: null, every: 0, strategy: "order" },
};

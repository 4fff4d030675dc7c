// How a project is worked on: the settings of the server, which the API document only knows as an object.
export type ReviewPolicy = { type: "none" } | { type: "sample"; percent: number } | { type: "all" };

export interface ProjectSettings {
  overlap: number;
  order: "sequential" | "random" | "priority";
  seed: number;
  lease_seconds: number;
  review: ReviewPolicy;
  blind: boolean;
  iou_threshold: number;
}

export const DEFAULT_SETTINGS: ProjectSettings = {
  overlap: 1,
  order: "sequential",
  seed: 1,
  lease_seconds: 1800,
  review: { type: "none" },
  blind: false,
  iou_threshold: 0.5,
};

/** What the server sent; whatever an older project does not say has its default. */
export function settingsOf(wire: object): ProjectSettings {
  return { ...DEFAULT_SETTINGS, ...(wire as Partial<ProjectSettings>) };
}

/** The settings as the generated types want an object. */
export function wireOf(settings: ProjectSettings): Record<string, never> {
  return settings as unknown as Record<string, never>;
}

// The address of the quality pages: which part, and what was chosen there.

export const QUALITY_PARTS = ["agreement", "suspects", "labelers", "drift", "board"] as const;

export interface QualitySearch {
  part?: (typeof QUALITY_PARTS)[number];
  /** Probability of being wrong from which an answer is listed, 0 to 1. */
  least?: number;
  /** Local time between the windows of drift, as `2026-01-31T12:00`. */
  split?: string;
}

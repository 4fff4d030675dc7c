// Which rule of masks a person chose for a schema. It is kept in the browser: one chooses it once, not on every image.
import { MASK_RULES, type MaskRule } from "../../core/maskrules";

const placeOf = (schema: string) => `labelwright.mask-rule.${schema}`;

export function keptRule(schema: string): MaskRule {
  try {
    const kept = localStorage.getItem(placeOf(schema));
    return MASK_RULES.find((rule) => rule === kept) ?? "instance";
  } catch {
    // A browser that stores nothing.
    return "instance";
  }
}

export function keepRule(schema: string, rule: MaskRule): void {
  try {
    localStorage.setItem(placeOf(schema), rule);
  } catch {
    // It holds until the page is left.
  }
}

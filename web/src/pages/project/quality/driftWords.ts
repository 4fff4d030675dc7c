// What drift found, in sentences.
import type { Schemas } from "../../../api/client";
import { percent } from "../../../ui/format";
import type { Names } from "./titles";
import { pWords, SIGNIFICANT } from "./words";

export interface DriftAlert {
  severity: "alarm" | "warning";
  words: string;
}

export const alertTitles: Record<DriftAlert["severity"], string> = { alarm: "Alarm", warning: "Warning" };

/** The server's alerts on columns, alarms first, then agreement that changed by more than chance. */
export function alertWords(drift: Schemas["DriftView"], names: Names): DriftAlert[] {
  const columns = drift.columns.flatMap((one): DriftAlert[] => {
    if (one.alert !== "alarm" && one.alert !== "warning") return [];
    const much = one.alert === "alarm" ? "changed a lot" : "changed";
    const psi = one.psi == null ? "" : `PSI ${one.psi.toFixed(2)}`;
    const p = one.p_adjusted == null ? "" : pWords(one.p_adjusted);
    const numbers = [psi, p].filter(Boolean).join(", ");
    return [{ severity: one.alert, words: `${names.column(one.column)} ${much} (${numbers}).` }];
  });
  columns.sort((one, other) => Number(other.severity === "alarm") - Number(one.severity === "alarm"));
  const agreement = drift.agreement
    .filter((one) => one.p_value < SIGNIFICANT)
    .map(
      (one): DriftAlert => ({
        severity: "warning",
        words: `Agreement on ${names.column(one.field)} ${one.after < one.before ? "fell" : "rose"} from ${percent(
          one.before,
        )} to ${percent(one.after)} (${pWords(one.p_value)}).`,
      }),
    );
  return [...columns, ...agreement];
}

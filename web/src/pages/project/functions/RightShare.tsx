import type { Schemas } from "../../../api/client";
import { counted, percent } from "../../../ui/format";
import { Hint } from "../../../ui/Hint";

/** How often a function is right where that is known, with its interval. */
export function RightShare({ measured }: { measured: Schemas["MeasuredView"] }) {
  if (measured.labeled === 0) return <Hint label="It votes on no item whose value is known.">–</Hint>;
  const interval = `${percent(measured.low)} to ${percent(measured.high)} (95 %, Wilson)`;
  return (
    <Hint label={`${measured.right} of ${counted(measured.labeled, "vote")} are right: ${interval}`}>
      {percent(measured.right / measured.labeled)}
    </Hint>
  );
}

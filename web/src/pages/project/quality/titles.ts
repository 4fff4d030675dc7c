// Names of columns and values of the drift tables: those of the schema where it has them.
import type { Schemas } from "../../../api/client";
import { capital } from "../../../ui/format";
import { answered, usesClass } from "../taskTests";
import { optionTitles } from "../titles";

type Document = Schemas["LabelSchema"] | undefined;

export interface Names {
  column: (id: string) => string;
  value: (column: string, value: string) => string;
  /** The tasks in which somebody gave this value, in the filter language; none where it cannot be said. */
  filter: (column: string, value: string) => string | undefined;
}

/** Between the parts of a value that has several, as the server joins them. */
const JOIN = " / ";

export function namesOf(schema: Document): Names {
  const field = (id: string) => schema?.fields?.find((one) => one.id === id);
  return {
    column: (id) => field(id)?.title ?? capital(id),
    value: (column, value) => {
      const own = field(column);
      if (!own) return schema?.classes?.find((one) => one.id === value)?.title ?? value;
      const titles = optionTitles(own);
      return value
        .split(JOIN)
        .map((part) => titles.get(part) ?? part)
        .join(JOIN);
    },
    filter: (column, value) => {
      if (field(column)) return value.includes(JOIN) ? undefined : answered(column, value);
      return schema?.classes?.some((one) => one.id === value) ? usesClass(value) : undefined;
    },
  };
}

// Which method a question has in a project's settings. A default is not written down: it stays the default.
import type { Schemas } from "../../../api/client";
import type { ProjectSettings } from "../../../app/settings";

export type Kind = "agreement" | "consensus";
type Method = Schemas["MethodView"];

export function methodOf(
  fields: ProjectSettings["fields"],
  id: string,
  kind: Kind,
  methods: Method[],
): string {
  return fields[id]?.[kind] ?? methods.find((one) => one.is_default)?.id ?? "";
}

export function withMethod(
  fields: ProjectSettings["fields"],
  id: string,
  kind: Kind,
  method: Method,
): ProjectSettings["fields"] {
  const before = fields[id] ?? { agreement: null, consensus: null };
  const next = { ...before, [kind]: method.is_default ? null : method.id };
  const { [id]: _, ...rest } = fields;
  return next.agreement === null && next.consensus === null ? rest : { ...rest, [id]: next };
}

/** Is each answer one value out of a closed set? Only then do methods of consensus look at all items at once. */
export function isVote(kind: Schemas["FieldKind"]): boolean {
  switch (kind.type) {
    case "choice":
      return !kind.multiple;
    case "boolean":
    case "rating":
    case "tree":
    case "pairwise":
      return true;
    case "text":
    case "number":
    case "ranking":
    case "transcript":
      return false;
  }
}

/** Where the server tells what is wrong with these settings. */
export function methodPointers(ids: string[]): string[] {
  return [
    "/settings/gold_threshold",
    ...ids.flatMap((id) => [`/settings/fields/${id}/agreement`, `/settings/fields/${id}/consensus`]),
  ];
}

// Which method a question has in a project's settings. A default is not written down: it stays the default.
import type { Schemas } from "../../../api/client";
import type { ProjectSettings } from "../../../app/settings";

export type Kind = "agreement" | "consensus";
type Method = Schemas["MethodView"];

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

type Form = Schemas["FormView"]["form"];

/** The form of a field's answers, as far as methods care. */
export function formOfField(kind: Schemas["FieldKind"]): Form {
  switch (kind.type) {
    case "choice":
      return kind.multiple ? "set" : "vote";
    case "boolean":
    case "tree":
    case "pairwise":
    case "concept":
      return "vote";
    case "rating":
    case "text":
    case "number":
    case "ranking":
    case "transcript":
      return kind.type;
  }
}

export function formOfGeometry(kind: Schemas["GeometryKind"]): Form {
  switch (kind) {
    case "box":
    case "mask":
    case "keypoints":
    case "span":
    case "interval":
      return kind;
    default:
      return "shape";
  }
}

/** The geometries that a schema's classes may have, each once. */
export function geometriesOf(schema: Schemas["LabelSchema"] | undefined): Schemas["GeometryKind"][] {
  return [...new Set(schema?.classes?.flatMap((one) => one.geometry) ?? [])].sort();
}

export function withShape(
  shapes: ProjectSettings["shapes"],
  kind: Schemas["GeometryKind"],
  method: Method,
): ProjectSettings["shapes"] {
  const { [kind]: _, ...rest } = shapes;
  return method.is_default ? rest : { ...rest, [kind]: method.id };
}

/** Where the server tells what is wrong with these settings. */
export function methodPointers(ids: string[], geometries: string[]): string[] {
  return [
    "/settings/gold_threshold",
    ...ids.flatMap((id) => [`/settings/fields/${id}/agreement`, `/settings/fields/${id}/consensus`]),
    ...geometries.map((kind) => `/settings/shapes/${kind}`),
  ];
}

// The nouns of an answer as the editors see them: the API's own shapes, with every list present and every value one of
// the four kinds that the server takes.
import type { Schemas } from "../api/client";

export type Value = boolean | number | string | string[];
export type Values = Record<string, Value>;
export type Geometry = Schemas["Geometry"];
export type GeometryKind = Schemas["GeometryKind"];
export type LabelSchema = Schemas["LabelSchema"];
export type LabelClass = Schemas["Class"];
export type Field = Schemas["Field"];
export type FieldKind = Schemas["FieldKind"];
export type Choice = Schemas["Choice"];
export type RelationType = Schemas["RelationType"];
export type Point = [number, number];

export interface Region {
  id: string;
  geometry: Geometry;
  class: string;
  attributes: Values;
  score?: number;
  target?: Schemas["Target"];
}

export interface Relation {
  id: string;
  relation: string;
  from: string;
  to: string;
  attributes: Values;
}

export interface Answer {
  fields: Values;
  regions: Region[];
  relations: Relation[];
}

export const emptyAnswer = (): Answer => ({ fields: {}, regions: [], relations: [] });

/** What came from the server or from disk as an answer; lists and maps that are absent are empty. */
export function readAnswer(from: unknown): Answer {
  const answer = (from ?? {}) as Partial<Schemas["Answer"]>;
  return {
    fields: { ...(answer.fields as Values | undefined) },
    regions: (answer.regions ?? []).map((region) => ({
      id: region.id,
      geometry: region.geometry,
      class: region.class,
      attributes: { ...(region.attributes as Values | undefined) },
      ...(region.score == null ? {} : { score: region.score }),
      ...(region.target === undefined ? {} : { target: region.target }),
    })),
    relations: (answer.relations ?? []).map((relation) => ({
      id: relation.id,
      relation: relation.relation,
      from: relation.from,
      to: relation.to,
      attributes: { ...(relation.attributes as Values | undefined) },
    })),
  };
}

export function isEmpty(answer: Answer): boolean {
  return (
    Object.keys(answer.fields).length === 0 && answer.regions.length === 0 && answer.relations.length === 0
  );
}

export function sameValue(one: Value | undefined, two: Value | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(two)) {
    return one.length === two.length && one.every((word, index) => word === two[index]);
  }
  return one === two;
}

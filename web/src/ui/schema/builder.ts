// What the forms of the schema builder share: the schema, how it is changed, and what is wrong where.
import { createContext, useContext } from "react";
import type { Problem } from "../../core/schema/check";
import { plain } from "../../core/schema/words";
import type { LabelSchema } from "../../core/types";

export interface Builder {
  schema: LabelSchema;
  problems: readonly Problem[];
  /** Id paths of what a published version names: these ids stay. */
  fixed: ReadonlySet<string>;
  /** Changes with one key follow each other as one step of undo; what is said is read aloud. */
  edit: (change: (schema: LabelSchema) => LabelSchema, key?: string, said?: string) => void;
  undo: () => void;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

export function useBuilder() {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error("a form of the schema builder outside of it");
  const { schema, problems } = builder;
  const under = (at: string) =>
    problems.filter((one) => one.pointer === at || one.pointer.startsWith(`${at}/`));
  const told = (found: readonly Problem[]) =>
    found.length > 0 ? found.map((one) => plain(schema, one)).join("; ") : undefined;
  return {
    ...builder,
    /** What is wrong at or below a place. */
    under,
    /** What is wrong at exactly this place. */
    wrong: (at: string) => told(problems.filter((one) => one.pointer === at)),
    /** What is wrong at or below a place, in words. */
    wrongUnder: (at: string) => told(under(at)),
  };
}

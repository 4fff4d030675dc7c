// Where the shell finds concepts: given by the page, which knows the project.
import { createContext } from "react";
import type { Schemas } from "../../api/client";

export type Concept = Schemas["ConceptView"];

export interface ConceptSource {
  /** The best first. */
  search(list: string, words: string): Promise<Concept[]>;
  /** Undefined where the list does not have it. */
  find(list: string, id: string): Promise<Concept | undefined>;
}

export const ConceptContext = createContext<ConceptSource | undefined>(undefined);

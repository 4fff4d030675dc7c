// The concepts of a project's lists, asked once each.
import { ApiError, api, take } from "../api/client";
import type { Concept, ConceptSource } from "../editor/shell/concepts";

const SHOWN = 20;
const KEPT = 500;

class Source implements ConceptSource {
  private readonly known = new Map<string, Promise<Concept | undefined>>();
  private readonly project: number;

  constructor(project: number) {
    this.project = project;
  }

  async search(list: string, words: string): Promise<Concept[]> {
    const params = { path: { project: this.project, list }, query: { q: words, limit: SHOWN } };
    const found = await take(api.GET("/api/v1/projects/{project}/concepts/{list}", { params }));
    for (const one of found) this.keep(`${list} ${one.id}`, Promise.resolve(one));
    return found;
  }

  find(list: string, id: string): Promise<Concept | undefined> {
    const key = `${list} ${id}`;
    const known = this.known.get(key);
    if (known) return known;
    const params = { path: { project: this.project, list }, query: { code: id } };
    const asked = take(api.GET("/api/v1/projects/{project}/concepts/{list}", { params })).then(
      (found) => found[0],
      (error: unknown) => {
        // What failed for another reason may be there the next time.
        this.known.delete(key);
        if (error instanceof ApiError && error.problem.status === 404) return undefined;
        throw error;
      },
    );
    this.keep(key, asked);
    return asked;
  }

  private keep(key: string, found: Promise<Concept | undefined>): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= KEPT && oldest !== undefined) this.known.delete(oldest);
    this.known.set(key, found);
  }
}

const sources = new Map<number, ConceptSource>();

export function conceptsOf(project: number): ConceptSource {
  const known = sources.get(project) ?? new Source(project);
  sources.set(project, known);
  return known;
}

import { api, type Schemas, take } from "../api/client";

/**
 * Publishes the first version of a new schema. The document goes as the text that was written: a key given twice would
 * be lost by reading and writing it.
 */
export function createSchema(workspace: number, text: string): Promise<Schemas["PublishedView"]> {
  return take(
    api.POST("/api/v1/workspaces/{workspace}/schemas", {
      params: { path: { workspace } },
      body: {} as never,
      bodySerializer: () => `{"document":${text}}`,
    }),
  );
}

import { api, type Schemas, take } from "../api/client";

/**
 * Publishes the first version of a new schema. The document goes as the text that was written: a key given twice would
 * be lost by reading and writing it. The generated types mix this call up with the making of a project (both are called
 * `create`), so they cannot help here.
 */
export async function createSchema(workspace: number, text: string): Promise<Schemas["PublishedView"]> {
  const made: unknown = await take(
    api.POST("/api/v1/workspaces/{workspace}/schemas", {
      params: { path: { workspace } },
      body: {} as never,
      bodySerializer: () => `{"document":${text}}`,
    }),
  );
  return made as Schemas["PublishedView"];
}

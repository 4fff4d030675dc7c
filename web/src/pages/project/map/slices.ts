import { api, type Schemas, take } from "../../../api/client";

/** Puts tasks together on the server, so that they can be found and labeled at once. */
export function createSlice(project: number, name: string, tasks: number[]): Promise<Schemas["SliceView"]> {
  return take(
    api.POST("/api/v1/projects/{project}/slices", {
      params: { path: { project } },
      body: { name, tasks },
    }),
  );
}

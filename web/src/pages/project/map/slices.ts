// Tasks that are put together.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";

/** A slice that is made when a dialogue opens, so that it can say what will become of how many. */
export const newSliceQuery = (project: number, name: string, chosen: Chosen) =>
  queryOptions({
    queryKey: ["slice", project, chosen],
    queryFn: async () => {
      const made = await createSlice(project, name, chosen);
      return take(
        api.GET("/api/v1/projects/{project}/slices/{slice}", {
          params: { path: { project, slice: made.id } },
        }),
      );
    },
    // Each look would make one more slice; what a filter finds may be another the next time.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

/** Tasks that somebody chose, or all that a filter finds. */
export type Chosen = { tasks: number[] } | { filter: string };

/** Puts tasks together on the server, so that they can be found and changed at once. */
export function createSlice(project: number, name: string, chosen: Chosen): Promise<Schemas["SliceView"]> {
  return take(
    api.POST("/api/v1/projects/{project}/slices", {
      params: { path: { project } },
      body: { name, ...chosen },
    }),
  );
}

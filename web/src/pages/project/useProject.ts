import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { projectQuery } from "../../app/queries";

/** The project of the address. Its pages stand in a layout that has loaded it. */
export function useProject(): Schemas["ProjectView"] {
  const { projectId } = useParams({ from: "/app/projects/$projectId" });
  return useSuspenseQuery(projectQuery(projectId)).data;
}

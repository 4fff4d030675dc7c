// The guidelines beside the task, with a mark while their newest version has not been read.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api, take } from "../../api/client";
import { guidelinesQuery } from "../../app/queries";
import classes from "./shell.module.css";

// The reader of Markdown is larger than an editor: it comes after the task.
const Markdown = lazy(() => import("../../ui/Markdown").then((module) => ({ default: module.Markdown })));

interface Props {
  projectId: number;
  opened: boolean;
  onToggle: () => void;
}

export function Guidelines({ projectId, opened, onToggle }: Props) {
  const path = { project: projectId };
  const client = useQueryClient();
  const found = useQuery({
    ...guidelinesQuery(projectId),
    // They may change while somebody labels all day.
    refetchInterval: 120_000,
    refetchOnWindowFocus: true,
  }).data;
  const read = useMutation({
    mutationFn: (version: number) =>
      take(api.POST("/api/v1/projects/{project}/guidelines/read", { params: { path }, body: { version } })),
    onSuccess: () => client.invalidateQueries({ queryKey: guidelinesQuery(projectId).queryKey }),
  });
  if (!found || found.version === 0) return null;
  const changed = found.version > found.read_version;
  return (
    <section className={classes.section} aria-label="Guidelines">
      <button type="button" className={classes.fold} aria-expanded={opened} onClick={onToggle}>
        <span className={classes.heading}>Guidelines</span>
        <span>
          v{found.version}
          {changed ? (
            <strong className={classes.unread}>{found.read_version === 0 ? "new" : "changed"}</strong>
          ) : null}
        </span>
      </button>
      {opened ? (
        <div className={classes.guidelines}>
          <Suspense fallback={null}>
            <Markdown text={found.markdown} />
          </Suspense>
        </div>
      ) : null}
      {opened && changed ? (
        <Button
          size="compact-sm"
          mt="xs"
          variant="default"
          loading={read.isPending}
          onClick={() => read.mutate(found.version)}
        >
          I have read version {found.version}
        </Button>
      ) : null}
    </section>
  );
}

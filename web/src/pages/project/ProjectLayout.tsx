// The head of a project's pages and their tabs; each tab is an address of its own.
import { Badge, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Schemas } from "../../api/client";
import { projectQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import type { Role } from "../../app/session";
import { useWorkspaces } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { isStatus } from "../../ui/errors";
import { count } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import classes from "./ProjectLayout.module.css";

const TABS = [
  { to: "/projects/$projectId", label: "Overview", least: "reviewer" },
  { to: "/projects/$projectId/tasks", label: "Tasks", least: "reviewer" },
  { to: "/projects/$projectId/quality", label: "Quality", least: "reviewer" },
  { to: "/projects/$projectId/automation", label: "Automation", least: "reviewer" },
  { to: "/projects/$projectId/map", label: "Map", least: "reviewer" },
  { to: "/projects/$projectId/functions", label: "Functions", least: "reviewer" },
  { to: "/projects/$projectId/guidelines", label: "Guidelines", least: "labeler" },
  { to: "/projects/$projectId/data", label: "Data", least: "manager" },
  { to: "/projects/$projectId/sources", label: "Sources", least: "manager" },
  { to: "/projects/$projectId/members", label: "Members", least: "reviewer" },
  { to: "/projects/$projectId/exports", label: "Exports", least: "manager" },
  { to: "/projects/$projectId/settings", label: "Settings", least: "manager" },
] as const satisfies readonly { to: string; label: string; least: Role }[];

export default function ProjectLayout() {
  const { projectId } = useParams({ from: "/app/projects/$projectId" });
  const query = useQuery(projectQuery(projectId));
  if (isStatus(query.error, 404)) {
    return (
      <EmptyState title="There is no such project" action={<ButtonLink to="/">All projects</ButtonLink>}>
        It is gone, or you are not one of its members.
      </EmptyState>
    );
  }
  return <Loaded query={query}>{(project) => <Project project={project} />}</Loaded>;
}

function Project({ project }: { project: Schemas["ProjectView"] }) {
  const { workspace, all, choose } = useWorkspaces();
  const params = { projectId: project.id };
  // A link may lead into another workspace than the one that was looked at last: the sidebar follows.
  useEffect(() => {
    const other =
      workspace?.id !== project.workspace_id && all.some((one) => one.id === project.workspace_id);
    if (other) choose(project.workspace_id);
  }, [workspace, all, choose, project.workspace_id]);
  const waiting = project.progress.in_review;
  return (
    <>
      <PageHeader
        title={project.name}
        about={
          <Group gap="xs">
            {project.archived ? <Badge variant="default">archived</Badge> : null}
            {project.description}
          </Group>
        }
        actions={
          <>
            {atLeast(project.role, "reviewer") ? (
              <ButtonLink to="/projects/$projectId/review" params={params} variant="default">
                {waiting > 0 ? `Review (${count(waiting)})` : "Review"}
              </ButtonLink>
            ) : null}
            <ButtonLink to="/projects/$projectId/label" params={params}>
              Label
            </ButtonLink>
          </>
        }
      />
      <nav aria-label="Project" className={classes.tabs}>
        {TABS.filter((tab) => atLeast(project.role, tab.least)).map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            params={params}
            className={classes.tab}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}

// The long work of the workspace, newest first.
import { Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { jobsQuery, projectsQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { LoadedPages } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { JobRow } from "./JobRow";

export default function JobsPage() {
  const workspace = useWorkspace();
  const query = useInfiniteQuery(jobsQuery(workspace.id));
  const projects = useQuery(projectsQuery(workspace.id)).data ?? [];
  return (
    <>
      <PageHeader
        title="Jobs"
        about="Imports, exports and other long work. What fails says why, and can be tried again."
      />
      <LoadedPages query={query}>
        {(jobs) =>
          jobs.length === 0 ? (
            <EmptyState title="No jobs yet" action={<ButtonLink to="/data">Bring data in</ButtonLink>}>
              Importing, making tasks, freezing and exporting run as jobs and are listed here.
            </EmptyState>
          ) : (
            <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label="Jobs">
              {jobs.map((job) => (
                <JobRow key={job.id} job={job} project={projects.find((one) => one.id === job.project_id)} />
              ))}
            </Stack>
          )
        }
      </LoadedPages>
    </>
  );
}

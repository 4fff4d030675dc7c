// Where everybody starts: the projects that they can work on.
import { Alert, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { projectsQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { useMe } from "../../app/session";
import { useWorkspaces, type Workspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { ProjectCard } from "./ProjectCard";

export default function HomePage() {
  const me = useMe();
  const { workspace } = useWorkspaces();
  return (
    <>
      {me.has_password ? null : (
        <Alert variant="light" mb="md" title="Your account has no password yet">
          The link that brought you here worked once.{" "}
          <AnchorLink to="/account" underline="always" size="sm">
            Set a password
          </AnchorLink>{" "}
          to be able to come back.
        </Alert>
      )}
      {workspace ? (
        <Projects workspace={workspace} />
      ) : (
        <EmptyState title="You are in no workspace">
          Ask the owner of a workspace to invite you: they find it under Members.
        </EmptyState>
      )}
    </>
  );
}

function Projects({ workspace }: { workspace: Workspace }) {
  const query = useQuery(projectsQuery(workspace.id));
  const manages = atLeast(workspace.role, "manager");
  const newProject = <ButtonLink to="/new">New project</ButtonLink>;
  return (
    <>
      <PageHeader
        title="Projects"
        actions={manages && query.data && query.data.length > 0 ? newProject : undefined}
      />
      <Loaded query={query} rows={6}>
        {(projects) =>
          projects.length > 0 ? (
            <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </SimpleGrid>
          ) : manages ? (
            <EmptyState title="No projects yet" action={newProject}>
              A project is data, a label schema that says what may be labeled, and people who do it. Making
              one takes three steps.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing to label yet">
              As soon as a manager makes a project for you, it appears here by itself.
            </EmptyState>
          )
        }
      </Loaded>
    </>
  );
}

// All items of a project in one picture: the map, its clusters, and what stands out. Each part has its own address.
import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { api, type Schemas, take } from "../../../api/client";
import { MAP_PARTS, type MapSearch } from "../../../app/mapSearch";
import { keys, mapQuery, schemaVersionQuery } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorText } from "../../../ui/ErrorText";
import { counted, dateTime } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { votedFields } from "../functions/rules";
import { useProject } from "../useProject";
import { BulkLabels } from "./BulkLabels";
import { ClustersPart } from "./ClustersPart";
import { MapPart } from "./MapPart";
import classes from "./map.module.css";
import { OdditiesPart } from "./OdditiesPart";

const LABELS: Record<(typeof MAP_PARTS)[number], string> = {
  map: "Map",
  clusters: "Clusters",
  oddities: "Duplicates and oddities",
};

export default function MapPage() {
  const project = useProject();
  const query = useQuery(mapQuery(project.id));
  return (
    <Loaded query={query}>
      {({ map }) => (
        <Stack gap="md">
          <Making project={project} map={map ?? undefined} />
          {map ? <Parts key={map.at} project={project} /> : null}
        </Stack>
      )}
    </Loaded>
  );
}

const METHODS: Record<string, string> = {
  umap: "UMAP keeps neighbours together; far distances mean little.",
  pca: "Principal components keep far distances; with so few or so many items they are not laid out neighbour by neighbour.",
};

function Making({ project, map }: { project: Schemas["ProjectView"]; map: Schemas["MapView"] | undefined }) {
  const client = useQueryClient();
  const manages = atLeast(project.role, "manager");
  const make = useMutation({
    mutationFn: () =>
      take(api.POST("/api/v1/projects/{project}/map", { params: { path: { project: project.id } } })),
  });
  const button = manages ? (
    <Button variant={map ? "default" : "filled"} loading={make.isPending} onClick={() => make.mutate()}>
      {map ? "Make the map again" : "Make the map"}
    </Button>
  ) : undefined;
  const progress = (
    <>
      <ErrorText error={make.error} />
      {make.data ? (
        <JobProgress
          key={make.data.id}
          job={make.data.id}
          onDone={() => {
            void client.invalidateQueries({ queryKey: keys.judged(project.id) });
            void client.invalidateQueries({ queryKey: keys.project(project.id) });
          }}
        />
      ) : null}
    </>
  );
  if (!map) {
    return (
      <>
        <EmptyState title="There is no map yet" action={button}>
          A map lays out all items so that similar ones lie together, groups them, and finds what is nearly
          the same. Texts and pictures are looked at by the program itself; nothing leaves the server.
        </EmptyState>
        {progress}
      </>
    );
  }
  const away = project.progress.tasks - map.points;
  return (
    <Panel title={`${counted(map.points, "item")} in ${counted(map.clusters, "cluster")}`} actions={button}>
      <Text size="sm" c="dimmed">
        Made {dateTime(map.at)}. {METHODS[map.method]}{" "}
        {away > 0 ? `${counted(away, "item")} came later or could not be read.` : null}
      </Text>
      {progress}
    </Panel>
  );
}

function Parts({ project }: { project: Schemas["ProjectView"] }) {
  const search: MapSearch = useSearch({ from: "/app/projects/$projectId/map" });
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  const fields = votedFields(schema);
  return (
    <>
      <nav aria-label="Map" className={classes.parts}>
        {MAP_PARTS.map((part) => (
          <Link
            key={part}
            to="/projects/$projectId/map"
            params={{ projectId: project.id }}
            search={{ part }}
            className={classes.part}
            activeOptions={{ includeSearch: true }}
          >
            {LABELS[part]}
          </Link>
        ))}
      </nav>
      {search.part === "clusters" ? (
        <ClustersPart project={project} fields={fields} />
      ) : search.part === "oddities" ? (
        <OdditiesPart project={project} />
      ) : (
        <MapPart project={project} fields={fields} />
      )}
      <BulkLabels project={project} fields={fields} />
    </>
  );
}

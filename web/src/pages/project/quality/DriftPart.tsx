// Have the labels changed? Two windows of answers side by side, and everything over time.
import { Alert, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import type { QualitySearch } from "../../../app/qualitySearch";
import { driftQuery, schemaVersionQuery } from "../../../app/queries";
import { EmptyState } from "../../../ui/EmptyState";
import { dateTime } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { DriftTable } from "./DriftTable";
import { alertTitles, alertWords } from "./driftWords";
import { SeriesChart } from "./SeriesChart";
import { SplitForm } from "./SplitForm";
import { microseconds } from "./series";
import { type Names, namesOf } from "./titles";

interface Props {
  project: Schemas["ProjectView"];
  search: QualitySearch;
}

export function DriftPart({ project, search }: Props) {
  const query = useQuery(driftQuery(project.id, microseconds(search.split)));
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  const names = namesOf(schema);
  return (
    <Loaded query={query}>
      {(drift) =>
        drift.split == null ? (
          <EmptyState title="No answers yet">
            Change shows from the first answers on: what is given how often, and how long an answer takes.
          </EmptyState>
        ) : (
          <Stack gap="md">
            <Changes drift={drift} split={drift.split} search={search} names={names} />
            <DriftTable project={project.id} drift={drift} names={names} />
            {drift.series.length > 0 ? (
              <Panel
                title="Over time"
                about="Shares of what was given in each step of time; a step without answers is blank. Where a value is drawn, pointing at it shows its count."
              >
                <Stack gap="xl">
                  {drift.series.map((series) => (
                    <SeriesChart
                      key={series.column}
                      project={project.id}
                      series={series}
                      split={drift.split}
                      names={names}
                    />
                  ))}
                </Stack>
              </Panel>
            ) : null}
          </Stack>
        )
      }
    </Loaded>
  );
}

interface ChangesProps {
  drift: Schemas["DriftView"];
  split: number;
  search: QualitySearch;
  names: Names;
}

function Changes({ drift, split, search, names }: ChangesProps) {
  const found = alertWords(drift, names);
  return (
    <Panel
      title="What changed"
      about={`Answers before ${dateTime(new Date(split / 1000).toISOString())} are compared with those from then on${
        search.split === undefined ? ", the middle of all answers" : ""
      }.`}
    >
      <Stack gap="sm">
        <SplitForm key={search.split ?? ""} search={search} />
        {found.length === 0 ? (
          <Text size="sm">No alert: nothing changed by much and by more than chance would explain.</Text>
        ) : (
          found.map((one) => (
            <Alert
              key={one.words}
              role="group"
              variant="light"
              color={one.severity === "alarm" ? "red" : "yellow"}
              title={alertTitles[one.severity]}
            >
              <Text size="sm">{one.words}</Text>
            </Alert>
          ))
        )}
      </Stack>
    </Panel>
  );
}

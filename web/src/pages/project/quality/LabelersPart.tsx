// What the answers say about each person: skill, confusions, gold, guessing, change.
import { Group, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { labelersQuery, schemaVersionQuery, skillsQuery } from "../../../app/queries";
import { CsvLink } from "../../../ui/CsvLink";
import { EmptyState } from "../../../ui/EmptyState";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { LabelerCard } from "./LabelerCard";
import { namesOf } from "./titles";

export function LabelersPart({ project }: { project: Schemas["ProjectView"] }) {
  const cards = useQuery(skillsQuery(project.id));
  const labelers = useQuery(labelersQuery(project.id));
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  const names = namesOf(schema);
  return (
    <Loaded query={cards}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState title="Nobody has labeled yet">
            With the first answers comes a card for everybody who gave one.
          </EmptyState>
        ) : (
          <Panel
            title="Labelers"
            about={
              <>
                <b>Skill</b> is the share of right answers to expect, from comparing with all others
                (Dawid-Skene); with few answers it stays close to guessing, for everybody. <b>Gold</b> counts
                tasks with a known answer, with the interval in which the true share lies (95 %).
              </>
            }
            actions={
              <Group gap="md">
                <CsvLink project={project.id} table="labelers" of="labelers" />
                <CsvLink
                  project={project.id}
                  table="confusion"
                  of="confusions by question"
                  text="Confusions as CSV"
                />
              </Group>
            }
          >
            <Loaded query={labelers}>
              {(people) => (
                <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: "start" }}>
                  {found.map((card) => (
                    <LabelerCard
                      key={card.labeler_id}
                      project={project.id}
                      card={card}
                      name={people.find((one) => one.id === card.labeler_id)?.name}
                      names={names}
                    />
                  ))}
                </SimpleGrid>
              )}
            </Loaded>
          </Panel>
        )
      }
    </Loaded>
  );
}

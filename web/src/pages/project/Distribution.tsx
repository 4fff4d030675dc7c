// What was labeled how often: regions by class, answers by field.
import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { distributionQuery, schemaVersionQuery } from "../../app/queries";
import { Bars } from "../../ui/Bars";
import { CsvLink } from "../../ui/CsvLink";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { optionTitles } from "./titles";

export function Distribution({ project }: { project: Schemas["ProjectView"] }) {
  const query = useQuery(distributionQuery(project.id));
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  return (
    <Panel
      title="What was labeled"
      actions={<CsvLink project={project.id} table="distribution" of="what was labeled" />}
    >
      <Loaded query={query}>
        {(distribution) => {
          const fields = Object.entries(distribution.fields);
          if (distribution.classes.length === 0 && fields.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                Nothing yet: the first answer brings the first bar.
              </Text>
            );
          }
          return (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" style={{ alignItems: "start" }}>
              {distribution.classes.length > 0 ? (
                <Bars
                  label="Classes"
                  noun="regions"
                  rows={distribution.classes.map((one) => {
                    const known = schema?.classes?.find((other) => other.id === one.id);
                    return {
                      id: one.id,
                      label: known?.title ?? one.id,
                      value: one.count,
                      colour: known?.color,
                    };
                  })}
                />
              ) : null}
              {fields.map(([id, values]) => {
                const field = schema?.fields?.find((one) => one.id === id);
                const titles = optionTitles(field);
                return (
                  <Bars
                    key={id}
                    label={field?.title ?? id}
                    noun="answers"
                    rows={values.map((one) => ({
                      id: one.id,
                      label: titles.get(one.id) ?? one.id,
                      value: one.count,
                    }))}
                  />
                );
              })}
            </SimpleGrid>
          );
        }}
      </Loaded>
    </Panel>
  );
}

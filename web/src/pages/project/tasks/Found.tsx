// What can be done with all tasks that the filter finds: kept as a slice, labeled, assigned, put in order.
import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { schemaVersionQuery } from "../../../app/queries";
import { counted } from "../../../ui/format";
import { votedFields } from "../functions/rules";
import { AssignButton } from "../map/AssignButton";
import { BulkLabelButton } from "../map/BulkLabelButton";
import { BulkLabels } from "../map/BulkLabels";
import { PriorityButton } from "./PriorityButton";
import { KeepButton, SlicesButton } from "./Slices";

interface Props {
  project: Schemas["ProjectView"];
  filter: string;
  count: number;
  /** There are more than were counted. */
  more: boolean;
}

/** So many are assigned at once. */
const ASSIGNED_MAXIMUM = 5000;
/** A slice takes no more. */
const SLICE_MAXIMUM = 200_000;

export function Found({ project, filter, count, more }: Props) {
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data;
  const fields = votedFields(schema?.document);
  const name = filter || "All tasks";
  const chosen = { filter };
  const fits = count > 0 && count <= SLICE_MAXIMUM;
  return (
    <Group gap="xs" role="group" aria-label="All that are found">
      <Text size="sm">{more ? "All of them:" : `All ${counted(count, "task")}:`}</Text>
      {fits ? (
        <>
          <KeepButton project={project.id} filter={filter} />
          <PriorityButton project={project} chosen={chosen} name={name} />
          {!more && count <= ASSIGNED_MAXIMUM ? (
            <AssignButton project={project} chosen={chosen} count={count} name={name} />
          ) : null}
          {fields.length > 0 ? (
            <BulkLabelButton project={project.id} fields={fields} chosen={chosen} count={count} name={name}>
              Label
            </BulkLabelButton>
          ) : null}
        </>
      ) : (
        <Button size="xs" variant="default" disabled>
          {count === 0 ? "Nothing to change" : "Too many to change at once: filter them"}
        </Button>
      )}
      <SlicesButton project={project} />
    </Group>
  );
}

export function Changed({ project }: { project: Schemas["ProjectView"] }) {
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data;
  return <BulkLabels project={project} fields={votedFields(schema?.document)} />;
}

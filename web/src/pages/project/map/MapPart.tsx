// The map itself: coloured by what is known, looked at by pointing, and cut into slices with a lasso.
import { Group, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Schemas } from "../../../api/client";
import { mapLayerQuery, mapPointsQuery } from "../../../app/queries";
import { byGroup, byShare, type Colouring } from "../../../core/map/colours";
import type { Points } from "../../../core/map/points";
import { ErrorText } from "../../../ui/ErrorText";
import { count, percent } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { TableFrame } from "../../../ui/TableFrame";
import { MapCanvas } from "./MapCanvas";
import classes from "./map.module.css";
import { SlicePanel } from "./SlicePanel";

interface Props {
  project: Schemas["ProjectView"];
  fields: Schemas["Field"][];
}

const CLUSTER = "cluster";

export function MapPart({ project, fields }: Props) {
  const query = useQuery(mapPointsQuery(project.id));
  return (
    <Loaded query={query}>{(points) => <Shown project={project} fields={fields} points={points} />}</Loaded>
  );
}

function Shown({ project, fields, points }: Props & { points: Points }) {
  const [chosen, setChosen] = useState<string | null>(null);
  // The schema may come after the points.
  const by = chosen ?? (fields[0] ? `field ${fields[0].id}` : CLUSTER);
  const [caught, setCaught] = useState<number[]>([]);
  const [kind, field] = by.split(" ");
  const layer = useQuery({
    ...mapLayerQuery(project.id, kind ?? "", field),
    enabled: by !== CLUSTER,
  });
  const colouring = useMemo(
    () => colouringOf(points, kind ?? CLUSTER, layer.data),
    [points, kind, layer.data],
  );
  const choices = [
    ...fields.map((one) => ({ value: `field ${one.id}`, label: one.title })),
    { value: CLUSTER, label: "Cluster" },
    { value: "labeler", label: "Labeler" },
    { value: "disagreement", label: "Disagreement" },
    { value: "error", label: "Probability of an error" },
  ];
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="md">
        <Select label="Colour by" allowDeselect={false} value={by} data={choices} onChange={setChosen} />
      </Group>
      <ErrorText error={layer.error} />
      <MapCanvas
        project={project.id}
        points={points}
        paint={colouring.paint}
        caught={caught}
        onCaught={setCaught}
      />
      <ul className={classes.legend} aria-label="Colours of the map">
        {colouring.legend.map((one) => (
          <li key={one.title}>
            <span className={classes.swatch} style={{ background: one.colour }} aria-hidden="true" />
            {one.title}
          </li>
        ))}
      </ul>
      <SlicePanel
        project={project}
        fields={fields}
        tasks={caught.map((point) => points.tasks[point] ?? 0)}
        onClear={() => setCaught([])}
      />
      <details>
        <summary>Numbers of the map</summary>
        <TableFrame label="Numbers of the map">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{choices.find((one) => one.value === by)?.label}</Table.Th>
              <Table.Th ta="right">Items</Table.Th>
              <Table.Th ta="right">Share</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {colouring.legend.map((one) => (
              <Table.Tr key={one.title}>
                <Table.Td>{one.title}</Table.Td>
                <Table.Td ta="right">{count(one.count)}</Table.Td>
                <Table.Td ta="right">{percent(one.count / points.count, 1)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      </details>
      <Text size="xs" c="dimmed">
        Pull to move, turn the wheel to zoom, Shift and pull to catch items with a lasso. With the keyboard:
        arrows, plus, minus, and 0 for all.
      </Text>
    </Stack>
  );
}

/** Until the colours are there, all points have the one of nothing. */
function colouringOf(points: Points, kind: string, layer: Schemas["LayerView"] | undefined): Colouring {
  if (kind === CLUSTER) {
    const titles = Array.from({ length: points.clusters }, (_, cluster) => `Cluster ${cluster + 1}`);
    return byGroup(points.cluster, titles, "in none");
  }
  if (!layer) return byGroup(new Int16Array(points.count).fill(-1), [], "loading");
  if (kind === "field" || kind === "labeler")
    return byGroup(
      layer.numbers,
      layer.names.map((one) => one.title),
      "not labeled",
    );
  return byShare(
    layer.values.map((value) => value ?? null),
    "nothing to compare",
  );
}

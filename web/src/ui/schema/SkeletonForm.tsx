// The joints of a class with keypoints, and the bones between them.
import { ActionIcon, Button, Group, Select, Stack, Text } from "@mantine/core";
import { withJoints } from "../../core/schema/edit";
import { put, valueAt } from "../../core/schema/pointer";
import type { LabelClass } from "../../core/types";
import { useBuilder } from "./builder";
import { Lines } from "./inputs";

export function SkeletonForm({ one, at }: { one: LabelClass; at: string }) {
  const { edit, wrong } = useBuilder();
  const points = one.skeleton?.points ?? [];
  const edges = one.skeleton?.edges ?? [];
  const place = `${at}/skeleton/edges`;
  const ends = points.map((name, index) => ({ value: String(index), label: `${index + 1}. ${name}` }));
  return (
    <Stack gap="xs">
      <Lines
        label="Joints"
        description="One a line, in the order in which they are set."
        value={points}
        error={wrong(`${at}/skeleton`) ?? wrong(`${at}/skeleton/points`)}
        onChange={(next) =>
          edit(
            (old) => put(old, at, withJoints(valueAt(old, at) as LabelClass, next)),
            `${at}/skeleton/points`,
          )
        }
      />
      <Text size="sm" fw={500}>
        Bones
      </Text>
      {edges.map((edge, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bone is its place in the list.
        <Group key={index} gap="xs" align="flex-start">
          {[0, 1].map((side) => (
            <Select
              key={side}
              size="xs"
              aria-label={`Bone ${index + 1}, ${side === 0 ? "from" : "to"}`}
              allowDeselect={false}
              data={ends}
              value={String(edge[side] ?? "")}
              error={side === 0 ? wrong(`${place}/${index}`) : undefined}
              onChange={(next) =>
                next === null ? undefined : edit((old) => put(old, `${place}/${index}/${side}`, Number(next)))
              }
            />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Delete bone ${index + 1}`}
            onClick={() =>
              edit(
                (old) =>
                  put(
                    old,
                    place,
                    edges.filter((_, position) => position !== index),
                  ),
                undefined,
                "The bone is deleted",
              )
            }
          >
            ×
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="light"
          disabled={points.length < 2}
          onClick={() =>
            edit((old) => put(old, place, [...edges, [Math.max(0, points.length - 2), points.length - 1]]))
          }
        >
          Add a bone
        </Button>
      </div>
    </Stack>
  );
}

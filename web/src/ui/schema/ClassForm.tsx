// The page of one class: what it is, how it is drawn, what is one and what is not, and what is asked about each.
import { Checkbox, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { modalityOf } from "../../core/panes";
import { geometriesOf } from "../../core/schema/check";
import { withGeometry } from "../../core/schema/edit";
import { put, valueAt } from "../../core/schema/pointer";
import type { GeometryKind, LabelClass } from "../../core/types";
import { words } from "../format";
import { useBuilder } from "./builder";
import { GeometryIcon } from "./GeometryIcon";
import { ColourInput, IdInput, KeyInput, Lines, LongWords } from "./inputs";
import { PaneSelect } from "./PaneList";
import { QuestionList } from "./QuestionList";
import { SkeletonForm } from "./SkeletonForm";
import { TierForm } from "./TierForm";

export function ClassForm({ one, at }: { one: LabelClass; at: string }) {
  const { schema, edit, wrong, wrongUnder } = useBuilder();
  const fitting = geometriesOf(modalityOf(schema, one.pane));
  // What does not fit is offered as long as it is chosen, so that it can be taken away.
  const offered: GeometryKind[] = [
    ...fitting,
    ...new Set(one.geometry.filter((kind) => !fitting.includes(kind))),
  ];
  const examples = (side: "positive" | "negative", lines: string[]) =>
    edit((old) => {
      const now = { positive: [], negative: [], ...(valueAt(old, at) as LabelClass).examples };
      const next = { ...now, [side]: lines };
      const none = next.positive.length === 0 && next.negative.length === 0;
      return put(old, `${at}/examples`, none ? undefined : next);
    }, `${at}/examples/${side}`);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <IdInput at={at} />
        <ColourInput at={at} />
        <KeyInput at={at} />
      </SimpleGrid>
      <PaneSelect one={one} at={at} />
      <Checkbox.Group
        label="Drawn as"
        value={one.geometry}
        error={wrongUnder(`${at}/geometry`)}
        onChange={(next) =>
          edit((old) =>
            put(
              old,
              at,
              withGeometry(
                valueAt(old, at) as LabelClass,
                offered.filter((kind) => next.includes(kind)),
              ),
            ),
          )
        }
      >
        <Group gap="md" mt={6}>
          {offered.map((kind) => (
            <Checkbox
              key={kind}
              value={kind}
              label={
                <Group gap={6} wrap="nowrap" component="span">
                  <GeometryIcon kind={kind} />
                  {words(kind)}
                </Group>
              }
            />
          ))}
        </Group>
      </Checkbox.Group>
      {one.parent || one.geometry.includes("interval") ? <TierForm one={one} at={at} /> : null}
      {one.skeleton || one.geometry.includes("keypoints") ? <SkeletonForm one={one} at={at} /> : null}
      <LongWords
        at={`${at}/description`}
        label="Definition"
        description="What belongs to it and where it ends. Labelers see it at the class."
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Lines
          label="This is one"
          description="Examples, one a line."
          value={one.examples?.positive ?? []}
          onChange={(lines) => examples("positive", lines)}
        />
        <Lines
          label="This is none"
          description="What looks like it but is not, one a line."
          value={one.examples?.negative ?? []}
          onChange={(lines) => examples("negative", lines)}
        />
      </SimpleGrid>
      <div>
        <Text size="sm" fw={500} mb={6}>
          Asked about each {one.title.trim() || "region"}
        </Text>
        {wrong(`${at}/attributes`) ? (
          <Text size="sm" c="var(--mantine-color-error)">
            {wrong(`${at}/attributes`)}
          </Text>
        ) : null}
        <QuestionList at={`${at}/attributes`} noun="attribute" />
      </div>
    </Stack>
  );
}

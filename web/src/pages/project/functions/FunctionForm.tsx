// One function in the making, with what it would do beside it.
import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { at, besides } from "../../../ui/errors";
import { Panel } from "../../../ui/Panel";
import { FunctionPreview } from "./FunctionPreview";
import { contentOf, KINDS, type Kind, ruleOf, targetOf } from "./rules";

interface Props {
  project: Schemas["ProjectView"];
  field: Schemas["Field"];
  /** Absent for a new one. */
  stored: Schemas["FunctionView"] | undefined;
  onClose: () => void;
}

/** Long enough that a preview is not asked for every letter, short enough to feel at once. */
const PAUSE_MILLISECONDS = 250;
const POINTERS = [
  "/name",
  "/value",
  "/rule/words",
  "/rule/pattern",
  "/rule/filter",
  "/rule/target",
  "/rule/at_least",
];

export function FunctionForm({ project, field, stored, onClose }: Props) {
  const client = useQueryClient();
  const options = field.kind.type === "choice" ? field.kind.options : [];
  const [name, setName] = useState(stored?.name ?? "");
  const [value, setValue] = useState(stored?.value ?? options[0]?.id ?? "");
  const [kind, setKind] = useState<Kind>(stored?.rule.type ?? "keyword");
  const [content, setContent] = useState(stored ? contentOf(stored.rule) : "");
  const [target, setTarget] = useState(stored ? targetOf(stored.rule) : "text");
  const [least, setLeast] = useState(stored?.rule.type === "dictionary" ? (stored.rule.at_least ?? 1) : 1);
  const rule = useMemo(() => ruleOf(kind, content, target, least), [kind, content, target, least]);
  const asked = useMemo(
    () => ({ field: field.id, value, rule, except: stored?.id ?? null }),
    [field.id, value, rule, stored?.id],
  );
  const [settled] = useDebouncedValue(asked, PAUSE_MILLISECONDS);
  const save = useMutation({
    mutationFn: async () => {
      const body = { field: field.id, name, value, rule, enabled: stored?.enabled ?? true };
      const path = { project: project.id };
      if (stored) {
        const params = { path: { ...path, function: stored.id } };
        await take(api.PUT("/api/v1/projects/{project}/functions/{function}", { params, body }));
      } else {
        await take(api.POST("/api/v1/projects/{project}/functions", { params: { path }, body }));
      }
    },
    onSuccess: async () => {
      notifications.show({ message: `${name.trim()} is saved.` });
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.project(project.id) }),
        client.invalidateQueries({ queryKey: keys.judged(project.id) }),
      ]);
      onClose();
    },
  });
  const isList = kind === "keyword" || kind === "dictionary";
  const pointer = isList ? "/rule/words" : kind === "regex" ? "/rule/pattern" : "/rule/filter";
  return (
    <Panel title={stored ? `Change ${stored.name}` : "New function"}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label="Name of the function"
              value={name}
              error={at(save.error, "/name")}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="Votes for"
              allowDeselect={false}
              value={value}
              data={options.map((one) => ({ value: one.id, label: one.title }))}
              error={at(save.error, "/value")}
              onChange={(next) => setValue(next ?? value)}
            />
            <Select
              label="Kind of rule"
              description={KINDS.find((one) => one.kind === kind)?.about}
              allowDeselect={false}
              value={kind}
              data={KINDS.map((one) => ({ value: one.kind, label: one.label }))}
              onChange={(next) => setKind((next as Kind | null) ?? kind)}
            />
            {kind === "filter" ? null : (
              <TextInput
                label="Looks at"
                description="text, key, or meta. and a key of the metadata"
                value={target}
                error={at(save.error, "/rule/target")}
                onChange={(event) => setTarget(event.currentTarget.value)}
              />
            )}
            <Textarea
              label={isList ? "Words, one a line" : kind === "regex" ? "Pattern" : "Filter expression"}
              autosize
              minRows={isList ? 4 : 1}
              maxRows={14}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              value={content}
              error={at(save.error, pointer)}
              onChange={(event) => setContent(event.currentTarget.value)}
            />
            {kind === "dictionary" ? (
              <NumberInput
                label="At least so many of them"
                value={least}
                min={1}
                allowDecimal={false}
                error={at(save.error, "/rule/at_least")}
                onChange={(next) => setLeast(Number(next) || 1)}
              />
            ) : null}
            <ErrorText error={besides(save.error, POINTERS)} />
            <Group gap="xs">
              <Button type="submit" loading={save.isPending}>
                {stored ? "Save function" : "Add function"}
              </Button>
              {stored ? (
                <Button variant="default" onClick={onClose}>
                  Cancel
                </Button>
              ) : null}
            </Group>
          </Stack>
        </form>
        <FunctionPreview project={project.id} field={field} asked={settled} empty={content.trim() === ""} />
      </SimpleGrid>
    </Panel>
  );
}

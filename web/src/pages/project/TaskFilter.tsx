// Which tasks are shown: a state by a click, anything else in the filter language, and in which order.
import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { TaskSelection } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { at } from "../../ui/errors";
import { capital, count, words } from "../../ui/format";

export interface TaskSearch {
  state?: string;
  filter?: string;
  sort?: string;
  /** A table unless it says so. */
  view?: "grid";
}

const STATES = ["all", "open", "labeled", "in_review", "done"];

const SORTS = [
  { value: "id", label: "As they were made" },
  { value: "-updated", label: "Changed last" },
  { value: "agreement", label: "Least agreement" },
  { value: "-priority", label: "Highest priority" },
];

/** The server counts up to here, where there is a filter. */
export const COUNT_MAXIMUM = 10_000;

export function selectionOf({ state, filter, sort }: TaskSearch): TaskSelection {
  const parts = [state ? `status:${state}` : "", filter ? (state ? `(${filter})` : filter) : ""];
  return { filter: parts.filter(Boolean).join(" "), sort: sort ?? "" };
}

/** `24 tasks`, or `10,000 tasks or more` where they were counted no further. */
export function foundWords(found: number | undefined, more: boolean): string | undefined {
  if (found === undefined) return undefined;
  if (more) return `${count(found)} tasks or more`;
  return `${count(found)} ${found === 1 ? "task" : "tasks"}`;
}

interface Props {
  search: TaskSearch;
  error: unknown;
  found: string | undefined;
}

export function TaskFilter({ search, error, found }: Props) {
  const navigate = useNavigate({ from: "/projects/$projectId/tasks" });
  const [text, setText] = useState(search.filter ?? "");
  const set = (change: TaskSearch) => void navigate({ search: { ...search, ...change } });
  const wrong = at(error, "/query/filter");
  return (
    <Stack gap={6}>
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          transitionDuration={0}
          aria-label="State"
          value={search.state ?? "all"}
          data={STATES.map((one) => ({ value: one, label: capital(words(one)) }))}
          onChange={(one) => set({ state: one === "all" ? undefined : one })}
        />
        <Select
          aria-label="Order"
          w={190}
          allowDeselect={false}
          value={search.sort ?? "id"}
          data={SORTS}
          onChange={(sort) => set({ sort: sort === "id" || sort === null ? undefined : sort })}
        />
        <SegmentedControl
          transitionDuration={0}
          aria-label="View"
          value={search.view ?? "table"}
          data={[
            { value: "table", label: "Table" },
            { value: "grid", label: "Grid" },
          ]}
          onChange={(view) => set({ view: view === "grid" ? "grid" : undefined })}
        />
        <Text size="sm" c="dimmed" mb={8} role="status">
          {found}
        </Text>
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set({ filter: text.trim() || undefined });
        }}
      >
        <Group gap="xs" align="flex-start">
          <TextInput
            aria-label="Filter"
            placeholder="Filter, for example class:car agreement<0.6 flagged:yes"
            style={{ flex: 1 }}
            value={text}
            error={wrong}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            Find
          </Button>
        </Group>
      </form>
      {wrong ? (
        <Text size="xs" c="dimmed">
          A test is a name, a sign and a value: key~street, class.car&gt;=3, field.mood:good, labeler:"Ada",
          answers&lt;2, updated&gt;=2026-01-31, text~"out of stock". Join them with and, or, not and
          parentheses.
        </Text>
      ) : search.filter || search.state ? (
        <ErrorText error={error} />
      ) : null}
    </Stack>
  );
}

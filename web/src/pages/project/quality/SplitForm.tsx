// The moment between the two windows. It is asked for by a button: a date is typed in parts.
import { Button, Group, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { QualitySearch } from "../../../app/qualitySearch";

export function SplitForm({ search }: { search: QualitySearch }) {
  const navigate = useNavigate({ from: "/projects/$projectId/quality" });
  const [text, setText] = useState(search.split ?? "");
  const go = (split: string | undefined) =>
    void navigate({ search: { ...search, split }, resetScroll: false });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go(text || undefined);
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          type="datetime-local"
          label="Compare before and after"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Compare
        </Button>
        {search.split === undefined ? null : (
          <Button variant="subtle" onClick={() => go(undefined)}>
            Middle of all answers
          </Button>
        )}
      </Group>
    </form>
  );
}

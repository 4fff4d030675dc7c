// A text, written here.
import { Button, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import type { GiftProps } from "./GiveForm";

const TITLE_CHARS = 40;

export function TextGift({ ready, onGive }: GiftProps) {
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const title = text.trim();
        onGive(new Blob([text]), title.length > TITLE_CHARS ? `${title.slice(0, TITLE_CHARS)}…` : title);
        setText("");
      }}
    >
      <Stack gap="sm">
        <Textarea
          label="Your text"
          autosize
          minRows={4}
          maxRows={14}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" size="md" disabled={!ready || !text.trim()}>
          Give
        </Button>
      </Stack>
    </form>
  );
}

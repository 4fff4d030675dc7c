// A file, chosen or dropped. A picture is shown before it is given.
import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useId, useState } from "react";
import { bytes } from "../../ui/format";
import type { GiftProps } from "./GiveForm";

interface Props extends GiftProps {
  /** What the browser offers, as in `accept`; empty for any file. */
  accept: string;
  label: string;
  /** Opens the camera of a telephone. */
  capture?: boolean;
  children?: ReactNode;
}

export function FileGift({ ready, mostBytes, onGive, accept, label, capture, children }: Props) {
  const [file, setFile] = useState<File>();
  const id = useId();
  const tooLarge = file !== undefined && file.size > mostBytes;
  return (
    <Stack gap="sm">
      <Paper
        withBorder
        p="sm"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          setFile(event.dataTransfer.files[0]);
        }}
      >
        <Stack gap="xs">
          <label htmlFor={id}>
            <Text size="sm" fw={500}>
              {label}
            </Text>
          </label>
          <input
            id={id}
            key={file === undefined ? "empty" : "chosen"}
            type="file"
            style={{ maxWidth: "100%" }}
            {...(accept ? { accept } : {})}
            {...(capture ? { capture: "environment" as const } : {})}
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? file)}
          />
          {children}
        </Stack>
      </Paper>
      {file ? (
        <>
          <Preview file={file} />
          {tooLarge ? (
            <Text size="sm" c="red" role="alert">
              This has {bytes(file.size)}; at most {bytes(mostBytes)} are taken.
            </Text>
          ) : null}
          <Group grow>
            <Button
              size="md"
              disabled={!ready || tooLarge}
              onClick={() => {
                onGive(file, file.name);
                setFile(undefined);
              }}
            >
              Give {file.name.length > 24 ? "it" : file.name}
            </Button>
            <Button size="md" variant="default" onClick={() => setFile(undefined)}>
              Discard
            </Button>
          </Group>
        </>
      ) : null}
    </Stack>
  );
}

function Preview({ file }: { file: Blob & { name?: string } }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!address) return null;
  return (
    <img
      src={address}
      alt={`Preview of ${file.name ?? "the picture"}`}
      style={{ maxWidth: "100%", maxHeight: 260, objectFit: "contain" }}
    />
  );
}

// Files and folders to bring in: dropped, or chosen. Shows what was chosen and lets go of single files again.
import { Box, Button, CloseButton, Group, Stack, Text } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import { joined, ofDrop, ofInput, type PickedFile } from "../app/upload/pick";
import classes from "./FilePicker.module.css";
import { bytes, counted } from "./format";
import { icons } from "./icons";

const SHOWN = 6;

interface Props {
  files: PickedFile[];
  disabled?: boolean;
  onChange: (files: PickedFile[]) => void;
}

export function FilePicker({ files, disabled = false, onChange }: Props) {
  const [over, setOver] = useState(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) onChange(joined(files, await ofDrop(event.dataTransfer)));
  };
  const chosen = (input: HTMLInputElement) => {
    onChange(joined(files, ofInput(input.files ?? new DataTransfer().files)));
    // The same file must be choosable again.
    input.value = "";
  };
  return (
    <Stack gap="xs">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping has the two buttons as its keyboard way. */}
      <div
        className={classes.zone}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
      >
        <Box c="dimmed">{icons.upload}</Box>
        <Text size="sm">Drop files or a folder here</Text>
        <Text size="xs" c="dimmed" ta="center">
          Images (JPEG, PNG, GIF, WebP), texts, tables (CSV, TSV, JSON lines, Parquet), zip archives, COCO
          with its images
        </Text>
        <Group gap="xs" mt={4}>
          <Button size="xs" variant="default" disabled={disabled} onClick={() => fileInput.current?.click()}>
            Choose files
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={disabled}
            onClick={() => folderInput.current?.click()}
          >
            Choose a folder
          </Button>
        </Group>
        <input
          ref={fileInput}
          type="file"
          multiple
          hidden
          aria-label="Files"
          data-testid="files"
          onChange={(event) => chosen(event.currentTarget)}
        />
        <input
          ref={folderInput}
          type="file"
          multiple
          hidden
          aria-label="Folder"
          {...{ webkitdirectory: "" }}
          onChange={(event) => chosen(event.currentTarget)}
        />
      </div>
      {files.length > 0 ? <Chosen files={files} disabled={disabled} onChange={onChange} /> : null}
    </Stack>
  );
}

function Chosen({ files, disabled, onChange }: Required<Props>) {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <Stack gap={2}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {counted(files.length, "file")}, {bytes(total)}
        </Text>
        <Button size="compact-xs" variant="subtle" disabled={disabled} onClick={() => onChange([])}>
          Choose none of them
        </Button>
      </Group>
      {files.slice(0, SHOWN).map((picked) => (
        <Group key={picked.name} gap="xs" wrap="nowrap">
          <CloseButton
            size="xs"
            aria-label={`Leave ${picked.name} out`}
            disabled={disabled}
            onClick={() => onChange(files.filter((one) => one !== picked))}
          />
          <Text size="sm" truncate>
            {picked.name}
          </Text>
          <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
            {bytes(picked.file.size)}
          </Text>
        </Group>
      ))}
      {files.length > SHOWN ? (
        <Text size="xs" c="dimmed">
          and {counted(files.length - SHOWN, "more file")}
        </Text>
      ) : null}
    </Stack>
  );
}

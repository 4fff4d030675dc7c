// What an export would hold and lose, before it is written.
import { Code, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { exportPreviewQuery } from "../../app/queries";
import type { FormatOptions } from "../../ui/FormatOptionFields";
import { bytes, counted } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { LossReport } from "./LossReport";

interface Props {
  snapshot: number;
  format: string;
  answers: string;
  media: string;
  options: FormatOptions;
}

const LINES = 12;
/** Somebody who types an option has stopped. */
const PAUSE_MS = 300;

export function ExportPreview({ snapshot, options, ...others }: Props) {
  // Options of another format are not tried with this one.
  const { format } = others;
  const set = useMemo(() => ({ format, options }), [format, options]);
  const [settled] = useDebouncedValue(set, PAUSE_MS);
  const wanted = { ...others, options: settled.format === format ? settled.options : options };
  const query = useQuery({ ...exportPreviewQuery(snapshot, wanted), placeholderData: keepPreviousData });
  return (
    <Loaded query={query}>
      {(preview) => {
        const start = preview.start.split("\n").slice(0, LINES).join("\n").trimEnd();
        return (
          <Stack
            gap="xs"
            component="section"
            aria-label="Preview of the export"
            aria-busy={query.isPlaceholderData}
          >
            <Text size="sm">
              {counted(preview.items, "item")}
              {preview.complete ? "" : " (the first of the snapshot)"} in{" "}
              {counted(preview.file_count, "file")}
              {preview.files.length > 0
                ? `: ${preview.files
                    .slice(0, 4)
                    .map((file) => `${file.name} (${bytes(file.bytes)})`)
                    .join(", ")}${preview.file_count > 4 ? ", …" : ""}`
                : ""}
            </Text>
            {preview.losses.length === 0 ? (
              <Text size="sm">Nothing would be lost.</Text>
            ) : (
              <div>
                <Text size="sm" fw={500}>
                  What would be lost
                </Text>
                <LossReport losses={preview.losses} label="What would be lost" />
              </div>
            )}
            {start === "" ? null : (
              <Code
                block
                tabIndex={0}
                aria-label="Beginning of the file"
                mah={180}
                style={{ overflow: "auto" }}
              >
                {start}
              </Code>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

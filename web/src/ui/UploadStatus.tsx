import { Button, Group, Progress, Text } from "@mantine/core";
import type { UploadProgress } from "../app/upload/useUpload";
import { bytes, count, duration } from "./format";

export function UploadStatus({ progress, onCancel }: { progress: UploadProgress; onCancel: () => void }) {
  const { bytes: all, received, rate, secondsLeft, files, arrived, name } = progress;
  const share = all > 0 ? (received / all) * 100 : 100;
  return (
    <Group align="flex-start" wrap="nowrap" role="status">
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" truncate>
          {files > 1 ? `Uploading ${count(arrived + 1)} of ${count(files)}: ` : "Uploading "}
          {name}
        </Text>
        <Progress value={share} my={4} aria-label="Upload" />
        <Text size="xs" c="dimmed">
          {bytes(received)} of {bytes(all)}
          {rate === undefined ? null : `, ${bytes(rate)}/s`}
          {secondsLeft === undefined ? null : `, about ${duration(secondsLeft)} left`}
        </Text>
      </div>
      <Button size="xs" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </Group>
  );
}

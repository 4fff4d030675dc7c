// What a format could not carry: counted, with the first places.
import { List, Text } from "@mantine/core";
import { count } from "../../ui/format";

export interface Loss {
  code: string;
  message: string;
  count: number;
  places: string[];
}

export function LossReport({ losses, label }: { losses: Loss[]; label: string }) {
  return (
    <List size="sm" aria-label={label}>
      {losses.map((loss) => (
        <List.Item key={loss.code}>
          {loss.message}: {count(loss.count)}×
          <Text size="xs" c="dimmed">
            {loss.places.slice(0, 8).join(", ")}
            {loss.places.length > 8 ? ", …" : ""}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}

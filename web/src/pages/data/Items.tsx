// What items look like: pictures small, texts by their first lines.
import { Anchor, Card, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { timeWords } from "../../core/timeline/axis";
import { bytes, words } from "../../ui/format";
import classes from "./Items.module.css";
import { giver, host, provenance, told } from "./provenance";

type Item = Schemas["ItemView"];

export function Items({ items }: { items: Item[] }) {
  return (
    <SimpleGrid
      cols={{ base: 2, sm: 3, md: 4, lg: 5 }}
      spacing="sm"
      component="ul"
      p={0}
      m={0}
      style={{ listStyle: "none" }}
      aria-label="Items"
    >
      {items.map((item) => (
        <Card key={item.id} withBorder padding={6} component="li">
          <Preview item={item} />
          <Text size="xs" truncate mt={6} title={item.key}>
            {item.key}
          </Text>
          <Text size="xs" c="dimmed">
            {words(item.modality)} · {bytes(item.bytes)}
          </Text>
          <Provenance item={item} />
        </Card>
      ))}
    </SimpleGrid>
  );
}

function Provenance({ item }: { item: Item }) {
  const origin = provenance(item.metadata);
  const given = giver(item.metadata);
  if (given) {
    return (
      <Text size="xs" c="dimmed" truncate title={given}>
        {given}
      </Text>
    );
  }
  return origin ? (
    <Text size="xs" c="dimmed" truncate title={told(origin)}>
      From{" "}
      <Anchor href={origin.url} target="_blank" rel="noreferrer noopener" size="xs" underline="always">
        {host(origin.url)}
      </Anchor>
      {origin.licence ? `, ${origin.licence}` : ""}
    </Text>
  ) : null;
}

function Preview({ item }: { item: Item }) {
  if (item.modality === "image") {
    return <img className={classes.picture} src={item.media_url} alt={`Item ${item.key}`} loading="lazy" />;
  }
  if (item.modality === "text") return <Excerpt item={item} />;
  return (
    <div className={classes.text}>
      <Text size="xs" c="dimmed">
        {item.media_type}
        {lengthOf(item)}
      </Text>
    </div>
  );
}

/** How long a recording is. */
function lengthOf({ shape }: Item): string {
  const { ticks, ticks_per_second: perSecond } = (shape ?? {}) as {
    ticks?: number;
    ticks_per_second?: number;
  };
  return ticks === undefined || !perSecond ? "" : `, ${timeWords(ticks / perSecond, 0)}`;
}

const EXCERPT_BYTES = 400;

function Excerpt({ item }: { item: Item }) {
  const text = useQuery({
    queryKey: ["item", item.id, "excerpt"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const end = Math.min(item.bytes, EXCERPT_BYTES) - 1;
      const response = await fetch(item.media_url, { headers: { Range: `bytes=0-${end}` } });
      // A cut in the middle of a character leaves a replacement sign at the end.
      return response.ok ? (await response.text()).replace(/\uFFFD+$/, "") : "";
    },
  });
  return <div className={classes.text}>{text.data}</div>;
}

// One item of a look at data: its small picture with the shapes that came with it, or the beginning of its text.
import { Card, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { pathOf, textPieces } from "../core/drawing";
import { paneOf, regionsIn } from "../core/panes";
import { readAnswer } from "../core/types";
import { counted, words } from "./format";
import classes from "./PreviewItem.module.css";

interface Props {
  item: Schemas["PreviewItemView"];
  schema: Schemas["LabelSchema"];
}

export function PreviewItem({ item, schema }: Props) {
  const answer = readAnswer(item.answer);
  // What lies in a pane has no place on the item itself.
  const drawn = regionsIn(answer.regions, paneOf(schema), undefined);
  const colour = (name: string | undefined) =>
    schema.classes?.find((one) => one.id === name)?.color ?? "#868e96";
  const title = (name: string) => schema.classes?.find((one) => one.id === name)?.title ?? name;
  const counts = new Map<string, number>();
  for (const region of answer.regions) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
  const said = [
    ...[...counts].map(([name, times]) => `${title(name)}${times > 1 ? ` ×${times}` : ""}`),
    ...Object.entries(answer.fields).map(([name, value]) => `${words(name)}: ${String(value)}`),
  ];
  const sources = item.sources.filter((source) => source !== "import");
  return (
    <Card withBorder padding={6} component="li">
      {item.size && item.modality === "image" ? (
        <svg
          className={classes.picture}
          viewBox={`0 0 ${item.size[0]} ${item.size[1]}`}
          role="img"
          aria-label={`Item ${item.key} with ${counted(answer.regions.length, "region")}`}
        >
          {item.picture ? (
            <image
              href={item.picture}
              width={item.size[0]}
              height={item.size[1]}
              preserveAspectRatio="none"
            />
          ) : null}
          {drawn.map((region) => (
            <path
              key={region.id}
              d={pathOf(region.geometry, Math.max(...(item.size ?? [1])) / 80)}
              stroke={colour(region.class)}
              fill={colour(region.class)}
              fillOpacity={region.geometry.type === "polyline" ? 0 : 0.25}
              fillRule="evenodd"
              strokeWidth={2}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
      ) : (
        <div className={classes.text} dir="auto">
          {item.text == null
            ? words(item.modality)
            : textPieces(item.text, drawn).map((piece) =>
                piece.class === undefined ? (
                  <span key={piece.at}>{piece.text}</span>
                ) : (
                  <mark
                    key={piece.at}
                    style={{ borderBottomColor: colour(piece.class) }}
                    title={title(piece.class)}
                  >
                    {piece.text}
                  </mark>
                ),
              )}
        </div>
      )}
      {item.companions.map(({ pane, modality, text }) => (
        <Text key={pane} size="xs" lineClamp={2} mt={6} dir="auto">
          <b>{pane}:</b> {text ?? words(modality)}
        </Text>
      ))}
      <Text size="xs" truncate mt={6} title={item.key}>
        {item.key}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={2}>
        {said.length > 0 ? said.join(", ") : "no labels"}
        {sources.length > 0 ? ` · by ${sources.join(", ")}` : ""}
        {item.split ? ` · ${item.split}` : ""}
      </Text>
    </Card>
  );
}

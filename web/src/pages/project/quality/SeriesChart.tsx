// Shares over time as stacked bars, one bar a step; the numbers stand in a table behind it.
import { Text } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { count, counted, percent } from "../../../ui/format";
import { Legend, SharePlot } from "../../../ui/SharePlot";
import classes from "./SeriesChart.module.css";
import { SeriesTable } from "./SeriesTable";
import { type Layer, layersOf, placeOf, stepWords } from "./series";
import type { Names } from "./titles";

interface Props {
  project: number;
  series: Schemas["SeriesView"];
  split: number | null | undefined;
  names: Names;
}

const BAR_WIDTH = 0.86;

export function SeriesChart({ project, series, split, names }: Props) {
  const { steps } = series;
  const layers = layersOf(series);
  const length = (steps[1] ?? 0) - (steps[0] ?? 0);
  const title = (layer: Layer) =>
    layer.value === undefined
      ? counted(layer.values, "other value")
      : names.value(series.column, layer.value);
  const at = (step: number) => stepWords(steps[step] ?? 0, length);
  const middle = placeOf(split, steps);
  const column = names.column(series.column);
  const words = layers.map((layer) => `${title(layer)} ${count(layer.total)}`).join(", ");
  return (
    <section aria-label={`${column} over time`}>
      <Text component="h3" size="sm" fw={600} mb={6}>
        {column}
      </Text>
      <SharePlot
        label={`${column}, shares from ${at(0)} to ${at(steps.length - 1)}, in all: ${words}`}
        width={Math.max(1, steps.length)}
        ends={[at(0), at(steps.length - 1)]}
      >
        {steps.map((moment, step) => (
          <Bar key={moment} layers={layers} step={step} title={title} at={at(step)} />
        ))}
        {series.change_points.map((step) => (
          <Mark key={step} at={step} dashed />
        ))}
        {middle === undefined ? null : <Mark at={middle} />}
      </SharePlot>
      <Legend label={`Values of ${column}`}>
        {layers.map((layer) => (
          <li key={layer.value ?? ""}>
            <span className={classes.swatch} style={{ background: layer.colour }} aria-hidden="true" />
            {title(layer)}
          </li>
        ))}
        {middle === undefined ? null : (
          <li>
            <span className={classes.line} aria-hidden="true" />
            between before and after
          </li>
        )}
        {series.change_points.length > 0 ? (
          <li>
            <span className={classes.line} data-dashed aria-hidden="true" />
            the most frequent value changes its share
          </li>
        ) : null}
      </Legend>
      {series.change_points.length > 0 ? (
        <Text size="sm" mt={4}>
          The share of {layers[0] ? title(layers[0]) : "the most frequent value"} is another from{" "}
          {series.change_points.map(at).join(" and from ")} on.
        </Text>
      ) : null}
      <SeriesTable project={project} series={series} at={at} names={names} />
    </section>
  );
}

interface BarProps {
  layers: Layer[];
  step: number;
  at: string;
  title: (layer: Layer) => string;
}

function Bar({ layers, step, at, title }: BarProps) {
  let below = 0;
  return layers.map((layer) => {
    const share = layer.shares[step] ?? 0;
    if (share === 0) return null;
    below += share * 100;
    return (
      <rect
        key={layer.value ?? ""}
        x={step + (1 - BAR_WIDTH) / 2}
        y={100 - below}
        width={BAR_WIDTH}
        height={share * 100}
        fill={layer.colour}
        className={classes.piece}
      >
        <title>{`${at}: ${title(layer)} ${count(layer.counts[step] ?? 0)} (${percent(share)})`}</title>
      </rect>
    );
  });
}

/** A line that is seen on every colour: dark on a light seam, or the other way round. */
function Mark({ at, dashed = false }: { at: number; dashed?: boolean }) {
  return (
    <>
      <line x1={at} x2={at} y1={0} y2={100} className={classes.seam} />
      <line x1={at} x2={at} y1={0} y2={100} className={classes.mark} data-dashed={dashed || undefined} />
    </>
  );
}

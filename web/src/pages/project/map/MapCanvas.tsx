import { Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { looksQuery } from "../../../app/queries";
import type { Spot } from "../../../core/map/plane";
import type { Points } from "../../../core/map/points";
import type { Paint } from "../../../core/map/raster";
import { counted } from "../../../ui/format";
import { LookBody } from "./LookItem";
import classes from "./map.module.css";
import { type Hand, Plot } from "./plot";

interface Props {
  project: number;
  points: Points;
  paint: Paint;
  /** Numbers of the points that are caught. */
  caught: number[];
  onCaught: (points: number[]) => void;
}

/** Pointing in passing asks for nothing. */
const REST_MILLISECONDS = 120;
const CARD_WIDTH = 240;
const CARD_HEIGHT = 190;

export function MapCanvas({ project, points, paint, caught, onCaught }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [hand, setHand] = useState<Hand>("pan");
  const [hover, setHover] = useState<{ point: number; at: Spot } | undefined>(undefined);
  const navigate = useNavigate();
  const events = useRef({ points, onCaught, navigate, project });
  events.current = { points, onCaught, navigate, project };
  useEffect(() => {
    if (!host.current) return;
    const made = new Plot(host.current, {
      hover: (point, at) => setHover(point === undefined ? undefined : { point, at }),
      pick: (point) => {
        const taskId = events.current.points.tasks[point];
        if (taskId !== undefined)
          void events.current.navigate({
            to: "/projects/$projectId/review/$taskId",
            params: { projectId: events.current.project, taskId },
          });
      },
      caught: (found) => events.current.onCaught(found),
    });
    plot.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => plot.current?.show(points), [points]);
  useEffect(() => plot.current?.colour(paint), [paint]);
  useEffect(() => plot.current?.mark(caught), [caught]);
  useEffect(() => {
    if (plot.current) plot.current.hand = hand;
  }, [hand]);
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          transitionDuration={0}
          aria-label="What pulling does"
          value={hand}
          data={[
            { value: "pan", label: "Move" },
            { value: "lasso", label: "Lasso" },
          ]}
          onChange={(next) => setHand(next as Hand)}
        />
        <Button size="xs" variant="default" onClick={() => plot.current?.fit()}>
          Show all
        </Button>
      </Group>
      <section
        ref={host}
        className={classes.plot}
        data-hand={hand}
        aria-label={`Map of ${counted(points.count, "item")}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is moved by keyboard.
        tabIndex={0}
        onKeyDown={(event) => {
          if (plot.current?.key(event.key)) event.preventDefault();
        }}
      >
        {hover ? (
          <HoverCard
            project={project}
            task={points.tasks[hover.point] ?? 0}
            at={hover.at}
            room={[host.current?.clientWidth ?? 0, host.current?.clientHeight ?? 0]}
          />
        ) : null}
      </section>
    </Stack>
  );
}

interface CardProps {
  project: number;
  task: number;
  at: Spot;
  room: Spot;
}

function HoverCard({ project, task, at, room }: CardProps) {
  const [rested] = useDebouncedValue(task, REST_MILLISECONDS);
  const query = useQuery(looksQuery(project, [rested]));
  const look = query.data?.[0];
  if (rested !== task || !look) return null;
  const left = at[0] + 16 + CARD_WIDTH > room[0] ? at[0] - 16 - CARD_WIDTH : at[0] + 16;
  const top = Math.max(4, Math.min(at[1], room[1] - CARD_HEIGHT));
  return (
    <div className={classes.card} style={{ left: Math.max(4, left), top }} role="status">
      <LookBody look={look} />
    </div>
  );
}

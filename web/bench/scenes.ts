// The scenes that are measured: the same shapes for our engine and for the other one.
import { encodedPng } from "../e2e/app.files";

export const WIDTH = 4000;
export const HEIGHT = 3000;
export const COUNT = 5000;
/** The box that is dragged. */
export const HELD = 2525;

type Point = [number, number];

/** Always the same numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** A picture that does not pack to nothing, as a photograph does not. */
export function picture(): Buffer {
  const random = seeded(3);
  const pixels = Buffer.alloc(3 * WIDTH * HEIGHT);
  const noise = Array.from({ length: 4093 }, () => Math.round(6 * random()));
  for (let at = 0; at < WIDTH * HEIGHT; at += 1) {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    const shade = 90 + 60 * Math.sin(x / 170) * Math.cos(y / 130) + (noise[(x >> 2) % noise.length] ?? 0);
    pixels.fill(Math.round(shade), 3 * at, 3 * at + 3);
  }
  return encodedPng(WIDTH, HEIGHT, pixels);
}

/** In rows, so that the place of each is known. */
export function boxes(): { x: number; y: number; width: number; height: number }[] {
  const random = seeded(5);
  const [columns, rows] = [100, 50];
  return Array.from({ length: COUNT }, (_, index) => ({
    x: Math.round((index % columns) * (WIDTH / columns) + 12 * random()),
    y: Math.round(Math.floor(index / columns) * (HEIGHT / rows) + 12 * random()),
    // One that is large enough to be taken in its middle.
    width: index === HELD ? 240 : 14 + Math.round(12 * random()),
    height: index === HELD ? 240 : 20 + Math.round(20 * random()),
  }));
}

/** A ring of many points. */
export function ring(cx: number, cy: number, radius: number, points: number): Point[] {
  return Array.from({ length: points }, (_, index): Point => {
    const turn = (2 * Math.PI * index) / points;
    const far = radius * (0.8 + 0.2 * Math.sin(5 * turn));
    return [
      Math.round(10 * (cx + far * Math.cos(turn))) / 10,
      Math.round(10 * (cy + far * Math.sin(turn))) / 10,
    ];
  });
}

export const largeRing = (): Point[] => ring(2000, 1500, 900, 200);

export const polygons = (): Point[][] =>
  boxes().map(({ x, y, width, height }) =>
    ring(x + width / 2, y + height / 2, Math.min(width, height) * 0.9, 20),
  );

/** Run lengths of a disc, down the columns. */
export function disc(cx: number, cy: number, radius: number): number[] {
  const counts: number[] = [];
  let at = 0;
  for (let x = cx - radius; x < cx + radius; x += 1) {
    const half = Math.floor(Math.sqrt(radius * radius - (x - cx) ** 2));
    if (half === 0) continue;
    const start = x * HEIGHT + cy - half;
    counts.push(start - at, 2 * half);
    at = start + 2 * half;
  }
  counts.push(WIDTH * HEIGHT - at);
  return counts;
}

const region = (id: string, name: string, geometry: object) => ({
  id,
  class: name,
  geometry,
  attributes: {},
});

/** 5,000 boxes, a polygon of 200 points and a mask. */
export function boxScene() {
  const shapes = boxes().map((box, index) =>
    region(`b${index}`, index % 2 ? "car" : "person", { type: "box", ...box }),
  );
  const polygon = { type: "polygon", parts: [{ outer: largeRing() }] };
  const mask = { type: "mask", width: WIDTH, height: HEIGHT, counts: disc(2800, 900, 400) };
  return [...shapes, region("polygon", "area", polygon), region("mask", "area", mask)];
}

export const polygonScene = () =>
  polygons().map((outer, index) => region(`p${index}`, "area", { type: "polygon", parts: [{ outer }] }));

export const SCHEMA = {
  modality: "image",
  classes: [
    { id: "car", title: "Car", geometry: ["box"], color: "#0072B2" },
    { id: "person", title: "Person", geometry: ["box"], color: "#D55E00" },
    { id: "area", title: "Area", geometry: ["polygon", "mask"], color: "#009E73" },
  ],
};

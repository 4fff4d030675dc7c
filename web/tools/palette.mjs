// Pixels with few colours as a small PNG: a palette by median cut (P. Heckbert, 1982), then one byte a pixel.
import { crc32, deflateSync } from "node:zlib";

/** Colours are told apart by their upper 5 bits a channel. */
const BITS = 5;

const keyOf = (pixels, at) =>
  ((pixels[at] >> 3) << (2 * BITS)) | ((pixels[at + 1] >> 3) << BITS) | (pixels[at + 2] >> 3);

/** Every colour that occurs: how often, and the sums of its channels. */
function histogram(pixels) {
  const found = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const key = keyOf(pixels, at);
    const one = found.get(key) ?? { key, count: 0, sum: [0, 0, 0] };
    one.count += 1;
    for (const channel of [0, 1, 2]) one.sum[channel] += pixels[at + channel];
    found.set(key, one);
  }
  return [...found.values()].map((one) => ({ ...one, mean: one.sum.map((sum) => sum / one.count) }));
}

/** The channel in which a group of colours is widest, and how wide it is there. */
function spread(group) {
  const widths = [0, 1, 2].map((channel) => {
    const values = group.map((one) => one.mean[channel]);
    return Math.max(...values) - Math.min(...values);
  });
  const width = Math.max(...widths);
  return { channel: widths.indexOf(width), width };
}

const total = (group) => group.reduce((sum, one) => sum + one.count, 0);

function medianCut(colours, size) {
  const groups = [colours];
  while (groups.length < size) {
    // Wide and often seen goes first; the root keeps large areas from taking all the colours.
    const worth = groups.map((group) => spread(group).width * Math.sqrt(total(group)));
    const widest = worth.indexOf(Math.max(...worth));
    const group = groups[widest];
    if (group.length < 2) break;
    const { channel } = spread(group);
    group.sort((one, other) => one.mean[channel] - other.mean[channel]);
    const half = total(group) / 2;
    let seen = 0;
    let cut = 0;
    while (cut < group.length - 1 && (cut === 0 || seen + group[cut].count <= half))
      seen += group[cut++].count;
    groups.splice(widest, 1, group.slice(0, cut), group.slice(cut));
  }
  return groups;
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** RGBA pixels, all of them opaque, as a PNG with at most `size` colours. */
export function palettePng(width, height, pixels, size) {
  const groups = medianCut(histogram(pixels), size);
  const indexOf = new Map(groups.flatMap((group, index) => group.map((one) => [one.key, index])));
  const palette = groups.flatMap((group) =>
    [0, 1, 2].map((channel) =>
      Math.round(group.reduce((sum, one) => sum + one.sum[channel], 0) / total(group)),
    ),
  );
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = indexOf.get(keyOf(pixels, (y * width + x) * 4));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

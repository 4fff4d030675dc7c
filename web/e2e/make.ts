// Data sets that the stories bring in: pictures of a street, packed with their COCO file, a table of sentences, and
// recordings.
import { crc32, inflateRawSync } from "node:zlib";
import { encodedPng } from "./app.files";

export type Colour = [number, number, number];
export type Area = [x: number, y: number, width: number, height: number];

/** A picture with filled rectangles on a grey ground, the later ones above. */
export function picture(width: number, height: number, areas: [Area, Colour][]): Buffer {
  const pixels = Buffer.alloc(width * height * 3, 208);
  for (const [[left, top, wide, high], colour] of areas) {
    for (let y = top; y < top + high; y += 1) {
      for (let x = left; x < left + wide; x += 1) pixels.set(colour, (y * width + x) * 3);
    }
  }
  return encodedPng(width, height, pixels);
}

/** A zip archive with stored entries (PKWARE APPNOTE 4.3: local headers, central directory, end record). */
export function zip(files: [name: string, bytes: Buffer][]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, bytes] of files) {
    const name = Buffer.from(path);
    // From "version needed" to "length of the extra field": the same in both headers. 0x21 is the first day of 1980.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800, 2);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, tail, name);
    const local = [Buffer.from("PK\x03\x04", "latin1"), shared, name, bytes];
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** What the first entry of a zip archive holds; how long it is, its stream of blocks says. */
export function firstEntry(archive: Buffer): Buffer {
  const start = 30 + archive.readUInt16LE(26) + archive.readUInt16LE(28);
  return inflateRawSync(archive.subarray(start));
}

/** What is to be seen on a picture of the street. */
export interface Scene {
  name: string;
  car: Area;
  /** Drawn as a polygon with four corners. */
  truck?: Area;
}

export const WIDTH = 320;
export const HEIGHT = 240;

export const STREET: Scene[] = [0, 1, 2, 3, 4, 5].map((index) => ({
  name: `street-${index + 1}.png`,
  car: [30 + 8 * index, 130, 90, 50],
  ...(index < 2 ? { truck: [190, 40, 100, 70] as Area } : {}),
}));

export function corners([x, y, width, height]: Area): [number, number][] {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** The street as COCO: cars as boxes, trucks as polygons. */
export function cocoZip(): Buffer {
  const images = STREET.map((scene, index) => ({
    id: index + 1,
    file_name: scene.name,
    width: WIDTH,
    height: HEIGHT,
  }));
  const annotations = STREET.flatMap((scene, index) => {
    const areas: [number, Area][] = [[1, scene.car]];
    if (scene.truck) areas.push([2, scene.truck]);
    return areas.map(([category_id, area]) => ({
      image_id: index + 1,
      category_id,
      bbox: area,
      area: area[2] * area[3],
      iscrowd: 0,
      segmentation: category_id === 2 ? [corners(area).flat()] : [],
    }));
  }).map((one, index) => ({ id: index + 1, ...one }));
  const categories = [
    { id: 1, name: "car" },
    { id: 2, name: "truck" },
  ];
  const pictures = STREET.map((scene): [string, Buffer] => [
    `images/${scene.name}`,
    picture(WIDTH, HEIGHT, [
      [scene.car, [0, 114, 178]],
      ...(scene.truck ? [[scene.truck, [230, 159, 0]] as [Area, Colour]] : []),
    ]),
  ]);
  const instances = Buffer.from(JSON.stringify({ images, annotations, categories }));
  return zip([["annotations/instances.json", instances], ...pictures]);
}

/** Sentences, each with its person and its place. */
export const SENTENCES: [text: string, person: string, place: string][] = [
  ["Zoë Müller lives in Bern.", "Zoë Müller", "Bern"],
  ["Ana Silva went to Lisbon 🚆 yesterday.", "Ana Silva", "Lisbon"],
  ["In Oslo they met Kari Dahl.", "Kari Dahl", "Oslo"],
  ["Tomás Ruiz wrote from Lima.", "Tomás Ruiz", "Lima"],
];

export function sentencesCsv(): string {
  const rows = SENTENCES.map(([text], index) => `news-${index + 1},"${text}"`);
  return ["key,text", ...rows].join("\n");
}

/** One channel of 16-bit samples as a WAV file: a voice-like tone within these seconds, silence elsewhere. */
export function wav(rate: number, seconds: number, sounding: [from: number, to: number][]): Buffer {
  const count = Math.round(rate * seconds);
  const file = Buffer.alloc(44 + count * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + count * 2, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(count * 2, 40);
  for (let at = 0; at < count; at += 1) {
    const time = at / rate;
    if (!sounding.some(([from, to]) => time >= from && time < to)) continue;
    const voice = [1, 2, 3, 5].reduce(
      (sum, part) => sum + Math.sin(time * 170 * part * 2 * Math.PI) / part,
      0,
    );
    file.writeInt16LE(Math.round(voice * 7000), 44 + at * 2);
  }
  return file;
}

// Recipes to begin with, in the words of the project: what they make fits its schema.
import type { Schemas } from "../../../api/client";

type Schema = Schemas["LabelSchema"];
type Synthesized = Schemas["Synthesized"];

/** What can be made of the kind of data that a project has. */
const MADE: Partial<Record<Schema["modality"], Synthesized>> = {
  text: "text",
  image: "image",
  time_series: "series",
  audio: "speech",
};

export const madeOf = (schema: Schema): Synthesized | undefined => MADE[schema.modality];

const text = JSON.stringify;

/** The classes that have such shapes, or a word in their place. */
function classesOf(schema: Schema, geometry: string, otherwise: string[]): string[] {
  const found = (schema.classes ?? [])
    .filter((one) => one.geometry.includes(geometry as never))
    .map((one) => one.id);
  return found.length > 0 ? found : otherwise;
}

/** The options of the first field with options. */
function optionsOf(schema: Schema): string[] {
  for (const field of schema.fields ?? []) {
    if (field.kind.type === "choice") return field.kind.options.map((one) => one.id);
  }
  return [];
}

function fieldOf(schema: Schema): string {
  return (schema.fields ?? []).find((field) => field.kind.type === "choice")?.id ?? "class";
}

function documents(schema: Schema, templates: string[]): string {
  const options = optionsOf(schema);
  const field = options.length > 0 ? `field = ${text(fieldOf(schema))}\n` : "";
  const one = (option: string | undefined, template: string) =>
    `[[document]]\n${option === undefined ? "" : `class = ${text(option)}\n`}templates = [${text(template)}]\n`;
  const all = templates.map((template, at) => one(options[at], template));
  return `${field}${all.join("\n")}`;
}

const OUTLINES = ["rectangle", "ellipse", "polygon", "star"];

/** A recipe that makes items of this kind. */
export function synthesisOf(schema: Schema): string {
  switch (madeOf(schema)) {
    case "text": {
      const [who = "person", place = "place"] = classesOf(schema, "span", ["person", "place"]);
      const spans =
        classesOf(schema, "span", []).length > 0
          ? `\n[spans]\nwho = ${text(who)}\nplace = ${text(place)}\n`
          : "";
      const all = documents(schema, ["{who} likes {place}.", "{who} would not go to {place} again."]);
      return `${all}\n[slots]\nwho = ["Anna", "Bo", "Chi"]\nplace = ["Rome", "New York", "Oslo"]\n${spans}`;
    }
    case "image": {
      const isBox = classesOf(schema, "box", []).length > 0;
      const classes = classesOf(schema, isBox ? "box" : "mask", ["thing"]);
      const shape = (id: string, at: number) =>
        `[[shape]]\nclass = ${text(id)}\noutline = ${text(OUTLINES[at % OUTLINES.length])}\nsize = [0.1, 0.3]\n`;
      return `width = 320\nheight = 240\ncount = [1, 4]\ngeometry = [${text(isBox ? "box" : "mask")}]\n\n${classes.slice(0, 6).map(shape).join("\n")}`;
    }
    case "series": {
      const [id = "anomaly"] = classesOf(schema, "interval", ["anomaly"]);
      return `length = 2000\n\n[[channel]]\nname = "load"\nlevel = 10\nnoise = 0.5\n\n[[anomaly]]\nclass = ${text(id)}\nshape = "spike"\ncount = [0, 2]\nlength = [10, 40]\n`;
    }
    case "speech":
      return `[speech]\nprogram = "espeak-ng"\nvoices = ["en-us", "en-gb"]\nrate = [140, 190]\n\n${documents(schema, ["{who} flies to {place}."])}\n[slots]\nwho = ["Anna", "Bo"]\nplace = ["Rome", "New York"]\n`;
    default:
      return "";
  }
}

const operation = (op: string, more = "") => `[[operation]]\nop = "${op}"\nprobability = 0.5\n${more}`;

/** Operations for this kind of data that do no harm to most labels. */
export function augmentationOf(schema: Schema): string {
  const all: Partial<Record<Synthesized, string[]>> = {
    image: [
      operation("flip_horizontal"),
      operation("rotate", "degrees = [-10, 10]\n"),
      operation("brightness"),
      operation("contrast"),
    ],
    text: [operation("typo"), operation("delete_words")],
    speech: [operation("gain"), operation("sound_noise")],
    series: [operation("jitter"), operation("scale")],
  };
  const made = madeOf(schema);
  return (made && all[made]?.join("\n")) ?? "";
}

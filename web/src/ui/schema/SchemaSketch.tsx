// A schema at a glance: its classes with colour and geometry, its questions as they will look. A picture: what it shows is
// said in words elsewhere.
import type { Field, LabelSchema } from "../../core/types";
import { GeometryIcon } from "./GeometryIcon";
import styles from "./SchemaSketch.module.css";

const CLASSES_SHOWN = 5;
const FIELDS_SHOWN = 2;
const OPTIONS_SHOWN = 3;

export function SchemaSketch({ schema }: { schema: LabelSchema }) {
  const { classes = [], fields = [], relations = [] } = schema;
  const more = Math.max(0, classes.length - CLASSES_SHOWN);
  const fieldsMore = Math.max(0, fields.length - FIELDS_SHOWN);
  return (
    <div className={styles.sketch} aria-hidden="true">
      {classes.length > 0 ? (
        <div className={styles.row}>
          {classes.slice(0, CLASSES_SHOWN).map((one) => (
            <span key={one.id} className={styles.class}>
              <span className={styles.swatch} style={{ background: one.color }} />
              {one.geometry.slice(0, 2).map((kind) => (
                <GeometryIcon key={kind} kind={kind} />
              ))}
              <span className={styles.word}>{one.title}</span>
            </span>
          ))}
          {more > 0 ? <span className={styles.more}>and {more} more</span> : null}
        </div>
      ) : null}
      {relations.length > 0 ? (
        <div className={styles.row}>
          {relations.slice(0, OPTIONS_SHOWN).map((one) => (
            <span key={one.id} className={styles.more}>
              {one.directed ? "→" : "↔"} {one.title}
            </span>
          ))}
        </div>
      ) : null}
      {fields.slice(0, FIELDS_SHOWN).map((field) => (
        <div key={field.id} className={styles.field}>
          <span className={styles.title}>{field.title}</span>
          <Control field={field} />
        </div>
      ))}
      {fieldsMore > 0 ? (
        <span className={styles.more}>
          and {fieldsMore} more {fieldsMore === 1 ? "question" : "questions"}
        </span>
      ) : null}
    </div>
  );
}

function Control({ field }: { field: Field }) {
  const { kind } = field;
  if ("options" in kind) {
    return (
      <span className={styles.row}>
        {kind.options.slice(0, OPTIONS_SHOWN).map((option) => (
          <span key={option.id} className={styles.option}>
            {option.color ? <span className={styles.swatch} style={{ background: option.color }} /> : null}
            {option.title}
            {(option.children ?? []).length > 0 ? " ›" : ""}
          </span>
        ))}
        {kind.options.length > OPTIONS_SHOWN ? <span className={styles.more}>…</span> : null}
      </span>
    );
  }
  if (kind.type === "rating") {
    return (
      <span className={styles.row}>
        {Array.from({ length: Math.min(kind.max, 5) }, (_, index) => index + 1).map((number) => (
          <span key={number} className={styles.option}>
            {number}
          </span>
        ))}
        {kind.max > 5 ? <span className={styles.more}>to {kind.max}</span> : null}
      </span>
    );
  }
  if (kind.type === "boolean") return <span className={styles.option}>Yes</span>;
  const tall = kind.type === "transcript" || (kind.type === "text" && kind.multiline);
  return <span className={styles.input} data-tall={tall || undefined} />;
}

// Options in the order of preference: pressed one after the other, best first. Where ties are allowed, a sign between
// two neighbours says whether they share a place.
import { joined, parted, placesOf, toggleRanked } from "../../core/ranking";
import type { Choice } from "../../core/types";
import { Chip } from "./Chip";
import type { FieldInputProps } from "./FieldInput";
import classes from "./shell.module.css";

export function Ranking(props: FieldInputProps & { options: Choice[]; ties: boolean }) {
  const { id, value, onChange, keyOf, options, ties } = props;
  const places = placesOf(value);
  return (
    <>
      <div className={classes.chips}>
        {options.map((option) => {
          const place = places.findIndex((one) => one.includes(option.id));
          return (
            <Chip
              key={option.id}
              kind="checkbox"
              name={id}
              checked={place >= 0}
              onPick={() => onChange(toggleRanked(value, option.id))}
              hotkey={keyOf(option.id)}
              description={option.description}
            >
              {place >= 0 ? `${place + 1}. ${option.title}` : option.title}
            </Chip>
          );
        })}
      </div>
      {ties && places.flat().length > 1 ? <Order {...props} /> : null}
    </>
  );
}

/** `A > B = C`: a press on a sign turns it into the other. */
function Order({ field, value, onChange, options }: FieldInputProps & { options: Choice[] }) {
  const titleOf = (id: string) => options.find((one) => one.id === id)?.title ?? id;
  // Those at one place stand as they do on the screen.
  const at = (id: string) => options.findIndex((one) => one.id === id);
  const places = placesOf(value).map((place) => place.sort((one, two) => at(one) - at(two)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: it stands in the fieldset of its question.
    <p className={classes.order} role="group" aria-label={`${field.title}, in order`}>
      {places.map((place, number) =>
        place.map((option, within) => {
          const tied = within > 0;
          const before = tied ? place[within - 1] : places[number - 1]?.at(-1);
          return (
            <span key={option}>
              {before === undefined ? null : (
                <button
                  type="button"
                  className={classes.sign}
                  aria-pressed={tied}
                  aria-label={`${titleOf(before)} and ${titleOf(option)} share a place`}
                  onClick={() => onChange(tied ? parted(places, number, within) : joined(value, number))}
                >
                  {tied ? "=" : ">"}
                </button>
              )}
              {titleOf(option)}
            </span>
          );
        }),
      )}
    </p>
  );
}

// One concept of a list: found by typing, picked by arrows and Enter. The list may have a million of them, so that the
// server looks.
import { CloseButton } from "@mantine/core";
import { type KeyboardEvent, useContext, useEffect, useId, useState } from "react";
import { type Concept, ConceptContext } from "./concepts";
import concepts from "./concepts.module.css";
import type { FieldInputProps } from "./FieldInput";
import classes from "./shell.module.css";

/** A pause in typing after which the server is asked. */
const PAUSE_MS = 120;

export function ConceptInput({ field, value, onChange, list }: FieldInputProps & { list: string }) {
  const id = typeof value === "string" ? value : undefined;
  const chosen = useChosen(list, id);
  const [typed, setTyped] = useState<string>();
  const { found, problem } = useFound(list, typed);
  const [active, setActive] = useState(0);
  const box = useId();
  const opened = typed !== undefined && found !== undefined;
  const pick = (one: Concept | undefined) => {
    if (!one) return;
    onChange(one.id);
    setTyped(undefined);
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      if (typed === undefined) setTyped("");
      else if (found && found.length > 0) setActive((active + step + found.length) % found.length);
    } else if (event.key === "Enter" && opened) pick(found[active]);
    else if (event.key === "Escape" && typed !== undefined) setTyped(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={concepts.concept}>
      {id === undefined ? null : (
        <p className={concepts.chosen}>
          <span>
            <bdi>{chosen?.name ?? id}</bdi> <small>{id}</small>
            {chosen === null ? <small className={classes.complaint}> is not in the list {list}</small> : null}
            {chosen?.description ? <small className={concepts.about}>{chosen.description}</small> : null}
          </span>
          <CloseButton
            size="sm"
            aria-label={`Take ${chosen?.name ?? id} away`}
            onClick={() => onChange(undefined)}
          />
        </p>
      )}
      <input
        className={classes.input}
        role="combobox"
        aria-label={field.title}
        aria-expanded={opened}
        aria-controls={box}
        aria-autocomplete="list"
        aria-activedescendant={opened && found.length > 0 ? `${box}-${active}` : undefined}
        placeholder={id === undefined ? "Find a concept" : "Find another one"}
        autoComplete="off"
        dir="auto"
        value={typed ?? ""}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={press}
        onBlur={() => setTyped(undefined)}
      />
      <div
        id={box}
        role="listbox"
        aria-label={`Concepts of ${list}`}
        className={concepts.options}
        hidden={!opened}
      >
        {found?.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys for all its options.
          <div
            key={one.id}
            id={`${box}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={concepts.option}
            ref={index === active ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            // The input keeps the focus until the click is done.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(one)}
          >
            <bdi>{one.name}</bdi> <small>{one.id}</small>
            <small className={concepts.about}>
              {[one.synonyms.join(", "), one.description].filter(Boolean).join(" · ")}
            </small>
          </div>
        ))}
      </div>
      {opened && found.length === 0 ? (
        <p className={classes.help}>No concept of {list} begins like this</p>
      ) : null}
      {problem ? (
        <p className={classes.complaint} role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

/** The concept with an id; null where the list does not have it, undefined while nobody knows. */
function useChosen(list: string, id: string | undefined): Concept | null | undefined {
  const source = useContext(ConceptContext);
  const [found, setFound] = useState<{ id: string; concept: Concept | null }>();
  useEffect(() => {
    let current = true;
    if (id !== undefined) {
      source?.find(list, id).then(
        (concept) => current && setFound({ id, concept: concept ?? null }),
        () => undefined,
      );
    }
    return () => {
      current = false;
    };
  }, [source, list, id]);
  return found?.id === id ? found?.concept : undefined;
}

function useFound(list: string, typed: string | undefined): { found?: Concept[]; problem?: string } {
  const source = useContext(ConceptContext);
  const [answer, setAnswer] = useState<{ found?: Concept[]; problem?: string }>({});
  useEffect(() => {
    if (typed === undefined) {
      setAnswer({});
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      const asked = source ? source.search(list, typed) : Promise.resolve([]);
      asked.then(
        (found) => current && setAnswer({ found }),
        (error: Error) => current && setAnswer({ problem: error.message }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [source, list, typed]);
  return answer;
}

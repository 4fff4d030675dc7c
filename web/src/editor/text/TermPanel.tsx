// The person's own list of terms: written or dropped here, kept in this browser, used on every text of the schema.
import { type ChangeEvent, useEffect, useRef, useState } from "react";
import type { EditorSession } from "../session";
import { keepTerms, keptTerms, read, suggest } from "./suggesting";
import classes from "./text.module.css";

const SHOWN_PROBLEMS = 5;

export function TermPanel({ session }: { session: EditorSession }) {
  const [text, setText] = useState(() => keptTerms(session));
  const [said, setSaid] = useState("");
  const [problems, setProblems] = useState<readonly string[]>([]);
  const begun = useRef<EditorSession>(undefined);

  const use = async (words: string) => {
    const { list, problems } = read(session, words);
    const lines = problems.slice(0, SHOWN_PROBLEMS).map((one) => `Line ${one.line}: ${one.message}`);
    if (problems.length > SHOWN_PROBLEMS) lines.push(`and ${problems.length - SHOWN_PROBLEMS} more`);
    setProblems(lines);
    if (list.terms.length + list.patterns.length === 0) return;
    try {
      const { count, cut } = await suggest(session, list);
      setSaid(`${count} suggested${cut ? ", not all: there are too many" : ""}`);
      session.announce(`${count} spans suggested from your list: A accepts, X drops`);
    } catch (error) {
      setProblems([...lines, error instanceof Error ? error.message : String(error)]);
    }
  };
  // Once a text, before anything is labeled: what was dropped does not come again behind one's back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins with the task.
  useEffect(() => {
    if (begun.current === session || text.trim() === "" || session.doc.regions.length > 0) return;
    begun.current = session;
    void use(text);
  }, [session]);

  const change = (words: string) => {
    setText(words);
    setSaid(
      keepTerms(session, words)
        ? ""
        : "This browser does not keep the list: it holds until the page is left.",
    );
  };
  const load = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    event.currentTarget.value = "";
    if (file) change(await file.text());
  };
  return (
    <details>
      <summary>Your terms</summary>
      <p className={classes.note}>
        One a line: <code>Acme,company</code> or a pattern, <code>/\d{"{4}"}/,year</code>. They are suggested
        on every text with this schema.
      </p>
      <textarea
        className={classes.area}
        rows={4}
        spellCheck={false}
        dir="auto"
        aria-label="Your terms"
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <div className={classes.panelRow}>
        <button
          type="button"
          className={classes.button}
          disabled={text.trim() === ""}
          onClick={() => void use(text)}
        >
          Suggest
        </button>
        <label>
          <span>From a file</span>
          <input type="file" accept=".csv,.tsv,.txt,text/*" onChange={(event) => void load(event)} />
        </label>
      </div>
      {said ? (
        <p className={classes.note} role="status">
          {said}
        </p>
      ) : null}
      {problems.length > 0 ? (
        <ul className={classes.note} role="alert">
          {problems.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      ) : null}
    </details>
  );
}

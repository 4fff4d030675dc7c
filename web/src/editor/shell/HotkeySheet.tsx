// All keys that work now, from the registry itself; each can be changed to the person's own.
import { Button, Group, Kbd, Modal, Text } from "@mantine/core";
import { type KeyboardEvent, useState, useSyncExternalStore } from "react";
import { type KeyEntry, namesOf, shown } from "../../core/hotkeys";
import type { Gesture } from "../plugin";
import bars from "./bars.module.css";
import { useHotkeys } from "./hooks";

interface Props {
  opened: boolean;
  gestures: readonly Gesture[];
  onClose: () => void;
}

export function HotkeySheet({ opened, gestures, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="xl" transitionProps={{ duration: 0 }}>
      {opened ? <Sheet gestures={gestures} /> : null}
    </Modal>
  );
}

interface Line {
  what: string;
  entries: KeyEntry[];
}

/** One line for each thing that keys do: the four arrows that move are one. */
function linesOf(entries: readonly KeyEntry[]): Line[] {
  const lines = new Map<string, KeyEntry[]>();
  for (const entry of entries) lines.set(entry.what, [...(lines.get(entry.what) ?? []), entry]);
  return [...lines].map(([what, entries]) => ({ what, entries }));
}

function Sheet({ gestures }: { gestures: readonly Gesture[] }) {
  const hotkeys = useHotkeys();
  const own = useSyncExternalStore(hotkeys.subscribe, () => hotkeys.own);
  const [changing, setChanging] = useState(false);
  const [said, setSaid] = useState("");
  const entries = hotkeys.list();
  const groups = [...new Set(entries.map((entry) => entry.group))];

  const assign = (entry: KeyEntry, key: string) => {
    const other = hotkeys.assign(entry.id, key);
    if (other?.ofSchema)
      setSaid(`${shown(key)} is ${other.what} by the schema of this project: take another.`);
    else if (other) {
      const now = hotkeys.keyOf(other.id) ?? "no key";
      setSaid(`${shown(key)}: ${entry.what}. What had it before, ${other.what}, is now on ${now}.`);
    } else setSaid(`${shown(key)}: ${entry.what}.`);
  };

  return (
    <>
      <Group gap="sm" mb="sm">
        <Button size="compact-sm" variant="default" onClick={() => setChanging(!changing)}>
          {changing ? "Done" : "Change keys"}
        </Button>
        {own.size > 0 ? (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              hotkeys.setOwn(new Map());
              setSaid("All keys are those that they came with.");
            }}
          >
            Back to the first keys
          </Button>
        ) : null}
        <Text size="sm" role="status">
          {said ||
            (changing ? "They are kept in this browser. Keys of classes and options are the schema's." : "")}
        </Text>
      </Group>
      <div className={bars.sheet}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {linesOf(entries.filter((entry) => entry.group === group)).map(({ what, entries }) => (
                <div key={what}>
                  <dt>
                    {entries.map((entry) =>
                      changing && !entry.ofSchema ? (
                        <Changer key={entry.id} entry={entry} onKey={(key) => assign(entry, key)} />
                      ) : (
                        entry.keys.map((key) => <Kbd key={key}>{shown(key)}</Kbd>)
                      ),
                    )}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {gestures.length > 0 ? (
          <section>
            <h3>Pointer</h3>
            <dl>
              {gestures.map(({ how, what }) => (
                <div key={how}>
                  <dt>
                    <Kbd>{how}</Kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ) : null}
      </div>
    </>
  );
}

const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"];

/** A button that waits for the next key; Escape and Tab leave it as it is. */
function Changer({ entry, onKey }: { entry: KeyEntry; onKey: (key: string) => void }) {
  const [waiting, setWaiting] = useState(false);
  const press = (event: KeyboardEvent) => {
    if (!waiting || MODIFIERS.includes(event.key)) return;
    setWaiting(false);
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const [name] = namesOf(event);
    if (event.key !== "Escape" && name !== undefined) onKey(name);
  };
  const keys = entry.keys.map(shown).join(" or ");
  return (
    <Button
      size="compact-xs"
      variant={waiting ? "filled" : "default"}
      // The dialogue stays open while Escape ends the wait.
      data-mantine-stop-propagation={waiting}
      aria-label={waiting ? `Press the new key for: ${entry.what}` : `Change ${keys}: ${entry.what}`}
      onClick={() => setWaiting(true)}
      onBlur={() => setWaiting(false)}
      onKeyDown={press}
    >
      {waiting ? "press a key" : keys}
    </Button>
  );
}

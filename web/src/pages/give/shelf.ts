// What a contributor's browser keeps: who they are to each call, what the call asks for, receipts, and what waits to be sent.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Gift, GiftStore } from "../../core/giving";
import type { Call } from "./api";

export interface Receipt {
  key: string;
  receipt: string;
  title: string;
}

export interface Person {
  token: string;
  /** The secret by which the server knows the contributor; there is none before they agreed. */
  contributor?: string;
  /** The call as it was last seen, for when there is no network. */
  call?: Call;
  receipts: Receipt[];
}

interface Stored extends DBSchema {
  gifts: { key: string; value: Gift };
  people: { key: string; value: Person };
}

let opened: Promise<IDBPDatabase<Stored>> | undefined;

function database(): Promise<IDBPDatabase<Stored>> {
  opened ??= openDB<Stored>("labelwright-give", 1, {
    upgrade(db) {
      db.createObjectStore("gifts", { keyPath: "key" });
      db.createObjectStore("people", { keyPath: "token" });
    },
    terminated() {
      opened = undefined;
    },
  });
  return opened;
}

export const gifts: GiftStore = {
  all: async () => (await database()).getAll("gifts"),
  put: async (gift) => {
    await (await database()).put("gifts", gift);
  },
  remove: async (key) => (await database()).delete("gifts", key),
};

export async function personOf(token: string): Promise<Person> {
  const kept = await database()
    .then((db) => db.get("people", token))
    .catch(() => undefined);
  return kept ?? { token, receipts: [] };
}

/** False when the browser keeps nothing: then what is given can be withdrawn by its receipt only. */
export async function keepPerson(person: Person): Promise<boolean> {
  try {
    await (await database()).put("people", person);
    return true;
  } catch {
    return false;
  }
}

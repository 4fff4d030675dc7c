// One visit to a call: what it asks for, who gives, and the queue of what is on its way. Works on without a network from
// what was kept the last time.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ApiError } from "../../api/client";
import { type Gift, type GiftKind, Giving } from "../../core/giving";
import { agree, type Call, type Given, give, type Own, own, seeCall } from "./api";
import { panelOf } from "./panel";
import { gifts, keepPerson, type Person, personOf } from "./shelf";

const timer = {
  now: () => Date.now(),
  wait: (ms: number, then: () => void) => {
    const id = window.setTimeout(then, ms);
    return () => window.clearTimeout(id);
  },
};

const statusOf = (reason: unknown) => (reason instanceof ApiError ? reason.problem.status : undefined);

export function useGive(token: string) {
  const [person, setPerson] = useState<Person>();
  const [call, setCall] = useState<Call>();
  const [mine, setMine] = useState<Own[]>();
  const [error, setError] = useState<unknown>();
  const [offline, setOffline] = useState(false);
  const kept = useRef<Person>({ token, receipts: [] });
  const keep = useCallback(async (change: Partial<Person>) => {
    kept.current = { ...kept.current, ...change };
    setPerson(kept.current);
    await keepPerson(kept.current);
  }, []);

  const load = useCallback(async () => {
    try {
      let seen: Call;
      try {
        seen = await seeCall(token, kept.current.contributor);
      } catch (reason) {
        if (statusOf(reason) !== 401 || !kept.current.contributor) throw reason;
        // Somebody whom the server does not know agrees anew.
        await keep({ contributor: undefined });
        seen = await seeCall(token);
      }
      setCall(seen);
      setError(undefined);
      setOffline(false);
      await keep({ call: seen });
      if (kept.current.contributor) setMine(await own(token, kept.current.contributor));
    } catch (reason) {
      if (statusOf(reason) === 0 && kept.current.call) {
        setCall(kept.current.call);
        setOffline(true);
        return;
      }
      setError(reason);
    }
  }, [token, keep]);

  const [giving] = useState(() => new Giving<Given>(token, gifts, give, timer));
  const queue = useSyncExternalStore(giving.subscribe, () => giving.state);

  useEffect(() => {
    giving.onGiven = (gift: Gift, answer) => {
      const receipt = { key: answer.key, receipt: answer.receipt, title: gift.title };
      void keep({ receipts: [receipt, ...kept.current.receipts.filter((one) => one.key !== answer.key)] });
      void load();
    };
    giving.onHeld = () => void load();
    let here = true;
    void personOf(token).then(async (found) => {
      kept.current = found;
      if (!here) return;
      setPerson(found);
      await load();
      await giving.open();
    });
    const back = () => {
      void load();
      giving.flush();
    };
    window.addEventListener("online", back);
    return () => {
      here = false;
      window.removeEventListener("online", back);
    };
  }, [token, giving, keep, load]);

  const consent = useCallback(
    async (version: number) => {
      const { contributor } = kept.current;
      const panel = panelOf(window.location.search);
      const said = await agree(token, contributor, { terms_version: version, ...panel });
      if (said.contributor) await keep({ contributor: said.contributor });
      await load();
      giving.flush();
    },
    [token, giving, keep, load],
  );

  const add = useCallback(
    async (gift: { kind: GiftKind; category: string; body: Blob; title: string }) => {
      const { contributor } = kept.current;
      if (contributor) await giving.add({ ...gift, contributor });
    },
    [giving],
  );

  return {
    call,
    person,
    mine,
    error,
    offline,
    queue,
    load,
    consent,
    add,
    drop: (key: string) => giving.drop(key),
  };
}

export type Visit = ReturnType<typeof useGive>;

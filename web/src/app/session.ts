// Who is signed in, and what happens when the session ends under an open page: the request that found out waits, the
// page asks for the password in place, and the request is sent again. Nothing on the page is lost.
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, type Schemas, take } from "../api/client";

export type Me = Schemas["MeView"];
export type Role = Schemas["Role"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => take(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

/** The signed-in person. Pages inside the app always have one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

interface Asked {
  answer: Promise<boolean>;
  settle: (signedIn: boolean) => void;
}

let inside = false;
let asked: Asked | undefined;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** From now on a 401 means that the session ended; before, that there was none. */
export function enterSession(): void {
  inside = true;
}

export function leaveSession(): void {
  inside = false;
  settleSignIn(false);
}

/** Asks for the password where the person is. True once they are in again, false when they closed the dialogue. */
export function onUnauthenticated(): Promise<boolean> {
  if (!inside) return Promise.resolve(false);
  if (!asked) {
    let resolve: (signedIn: boolean) => void = () => {};
    const promise = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    asked = { answer: promise, settle: resolve };
    tell();
  }
  return asked.answer;
}

/** Ends the asking: with `true` all waiting requests are sent again. */
export function settleSignIn(signedIn: boolean): void {
  const before = asked;
  asked = undefined;
  before?.settle(signedIn);
  if (before) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Is the password asked for right now? */
export function useSignInAsked(): boolean {
  return useSyncExternalStore(subscribe, () => asked !== undefined);
}

const copies = new Map<string, Request>();

/** Call once: every request of the typed client that finds the session ended waits for the sign-in and goes again. */
export function guardRequests(): void {
  api.use({
    onRequest({ request, id }) {
      if (inside) copies.set(id, request.clone());
      return undefined;
    },
    async onResponse({ response, schemaPath, id }) {
      const copy = copies.get(id);
      copies.delete(id);
      if (response.status !== 401 || schemaPath.startsWith("/api/v1/auth/") || !copy) return undefined;
      return (await onUnauthenticated()) ? fetch(copy) : undefined;
    },
    onError({ id }) {
      copies.delete(id);
      return undefined;
    },
  });
}

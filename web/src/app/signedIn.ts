// What happens once the server has set the cookie.
import { client } from "./client";
import { enterSession, leaveSession, type Me, meQuery } from "./session";

/** Nothing that was loaded for somebody else is kept. */
export function signedIn(me: Me): void {
  client.clear();
  client.setQueryData(meQuery.queryKey, me);
  enterSession();
}

export function signedOut(): void {
  leaveSession();
  client.clear();
}

/** A place to go on to: only inside this app. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}

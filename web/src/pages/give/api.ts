// The public side of a call. Not through the app's client: nobody is signed in here, and no session is asked for again.
import { ApiError, type Problem, type Schemas } from "../../api/client";
import type { Gift } from "../../core/giving";

export type Call = Schemas["GiveView"];
export type Given = Schemas["GivenView"];
export type Own = Schemas["OwnContributionView"];

const AWAY: Problem = { status: 0, code: "away", detail: "there is no network; what you gave is kept here" };

async function ask<T>(path: string, contributor: string | undefined, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers);
  if (contributor) headers.set("Contributor", contributor);
  let response: Response;
  try {
    response = await fetch(`/api/v1/give/${path}`, { ...init, headers, cache: "no-store" });
  } catch {
    throw new ApiError(AWAY);
  }
  const said: unknown = await response.json().catch(() => undefined);
  if (response.ok) return said as T;
  const problem = said as Partial<Problem> | undefined;
  throw new ApiError({
    ...problem,
    status: response.status,
    code: problem?.code ?? "unknown",
    detail: problem?.detail ?? `the server answered ${response.status}`,
  });
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const seeCall = (token: string, contributor?: string) =>
  ask<Call>(encodeURIComponent(token), contributor);

export const agree = (token: string, contributor: string | undefined, body: Schemas["ConsentBody"]) =>
  ask<Schemas["ConsentView"]>(`${encodeURIComponent(token)}/consent`, contributor, json(body));

export function give(gift: Gift): Promise<Given> {
  const query = new URLSearchParams({
    kind: gift.kind,
    category: gift.category,
    made_at: String(Math.round(gift.madeAt * 1000)),
  });
  return ask<Given>(`${encodeURIComponent(gift.token)}/contributions?${query}`, gift.contributor, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": gift.key },
    body: gift.body,
  });
}

export const own = (token: string, contributor: string) =>
  ask<Own[]>(`${encodeURIComponent(token)}/contributions`, contributor);

export const withdraw = (
  token: string,
  contributor: string | undefined,
  body: { receipts?: string[]; keys?: string[]; all?: boolean },
) => ask<Schemas["WithdrawnView"]>(`${encodeURIComponent(token)}/withdraw`, contributor, json(body));

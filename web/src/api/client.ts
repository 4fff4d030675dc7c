import createClient from "openapi-fetch";
import type { components, paths } from "./api";

export type Schemas = components["schemas"];

/** The typed client: every path, body and answer comes from the server's own handlers. */
export const api = createClient<paths>({ baseUrl: "" });

/** What the server says when something is wrong (problem+json, RFC 9457). */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; code: string; message: string }[];
  head?: { revision: number; answer: Schemas["Answer"] };
}

/** A refusal by the server, or `status` 0 when it could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  /** What is wrong with one field of the request, by its JSON pointer. */
  at(pointer: string): string | undefined {
    return this.problem.errors?.find((error) => error.pointer === pointer)?.message;
  }
}

const AWAY = "the server cannot be reached; what you did is kept here and sent when it is back";

/** The data of an answer, or an `ApiError`. */
export async function take<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await call;
  } catch {
    throw new ApiError({ status: 0, code: "away", detail: AWAY });
  }
  if (result.response.ok) return result.data as NonNullable<T>;
  const problem = result.error as Partial<Problem> | undefined;
  throw new ApiError({
    ...problem,
    status: result.response.status,
    code: problem?.code ?? "unknown",
    detail: problem?.detail ?? `the server answered ${result.response.status}`,
  });
}

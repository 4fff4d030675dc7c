// From what the server refused to what is shown at a field.
import { ApiError } from "../api/client";

/** What is wrong with one field of what was sent. */
export function at(error: unknown, pointer: string): string | undefined {
  return error instanceof ApiError ? error.at(pointer) : undefined;
}

/** What is left to say once these fields have shown their part. */
export function besides(error: unknown, pointers: string[]): Error | undefined {
  if (error == null) return undefined;
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  const rest = (error.problem.errors ?? []).filter((one) => !pointers.includes(one.pointer));
  const said = (error.problem.errors ?? []).length > 0;
  return said && rest.length === 0 ? undefined : error;
}

export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.problem.status);
}

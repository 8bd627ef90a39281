import { errorText, isLakeError } from '@ticklake/core';

/** An error as the fields of a JSON line. A bug carries its stack, a LakeError does not need one. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause instanceof Error ? { cause: errorText(error.cause) } : {};
  if (!isLakeError(error)) return { message: error.message, stack: error.stack, ...cause };
  const code = error.code === undefined ? {} : { code: error.code };
  return { message: error.message, kind: error.kind, ...code, details: error.details, ...cause };
}

/** An error for a person: one line, or for a bug its stack. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return `bug: thrown value is not an error: ${String(error)}`;
  if (!isLakeError(error)) return `bug: ${error.stack ?? error.message}`;
  // What the message says already need not be said twice; configuration errors carry zod's own list as cause.
  const because =
    error.cause instanceof Error && error.kind !== 'invalid' ? ` (${errorText(error.cause)})` : '';
  return errorText(error) + because;
}

/** JSON of any value: bigint as decimal text, errors as {@link describeError}. */
export function toJson(value: unknown, indent?: number): string {
  const plain = (_key: string, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    return part instanceof Error ? describeError(part) : part;
  };
  return JSON.stringify(value, plain, indent) ?? 'null';
}

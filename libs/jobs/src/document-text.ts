import { assert, LakeError } from '@ticklake/core';
import type { z } from 'zod';

/** Two spaces, a final newline, keys in their own order: equal documents are equal bytes. */
export function documentText(document: unknown): string {
  const text: string | undefined = JSON.stringify(document, undefined, 2);
  assert(text !== undefined, 'a document must be a JSON value');
  return `${text}\n`;
}

/**
 * The document that `text` spells. `key` is only for the message.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when it is not UTF-8 JSON, or not what `schema` describes.
 */
export function parseDocument<T>(text: string | Uint8Array, schema: z.ZodType<T>, key: string): T {
  const value = parseJson(text, key);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw unreadable(key, issue?.message ?? 'not as described', issue?.path.join('.') ?? '');
  }
  // A schema that strips what it does not know would erase the work of a newer version on the next put.
  const lost = lostKey(value, parsed.data, '');
  assert(lost === undefined, `the schema of ${key} must keep unknown keys: it drops ${lost ?? ''}`);
  return parsed.data;
}

function parseJson(text: string | Uint8Array, key: string): unknown {
  try {
    const decoded = typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text);
    let keyCount = 0;
    const parsed: unknown = JSON.parse(decoded, function (this: unknown, name, value: unknown) {
      // Such a key would become the prototype of whatever copies the object, and vanish from it.
      if (name === '__proto__') throw new SyntaxError('the key __proto__ is not allowed');
      if (!Array.isArray(this)) keyCount++;
      return value;
    });
    // One of them is what its author meant, and nobody knows which. The root counts as the value of a key.
    if (countKeys(decoded) !== keyCount - 1) throw new SyntaxError('a key stands twice in one object');
    return parsed;
  } catch (error) {
    throw unreadable(key, error instanceof Error ? error.message : String(error), '');
  }
}

/** The keys of all objects in `json`, which is known to be JSON: strings before a colon. */
function countKeys(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:)?/g)) if (colon !== undefined) count++;
  return count;
}

function unreadable(key: string, reason: string, path: string): LakeError {
  const details = path === '' ? { key, reason } : { key, path, reason };
  return new LakeError('invalid', 'the document cannot be read and is left as it is', {
    code: 'DOCUMENT',
    details,
  });
}

/** The path of the first key of `before` that `after` no longer has. */
function lostKey(before: unknown, after: unknown, path: string): string | undefined {
  if (!isRecord(before) || !isRecord(after)) return undefined;
  for (const [key, value] of Object.entries(before)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(after, key)) return here;
    const lost = lostKey(value, after[key], here);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Objects and arrays alike: both are keys with values. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

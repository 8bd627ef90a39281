import type { App } from '../command.js';

/** `_ticklake_compactor`: the function of a shell that completes `app`. */
export function functionName({ name }: App): string {
  return `_${name.replace(/\W/g, '_')}`;
}

/** `text` between single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import { CHAR, type JsonCursor } from './json-cursor.js';

/** Where in an entry something stands: keys, and for an element of a list the number of lists above it, whose index counts. */
export type Path = readonly (string | number)[];

/** So many different keys that nobody declared are no new fields any more. */
const PATHS_MAX = 10_000;

/** Keys that the schema does not have: counted over everything, kept row by row. */
export class UnknownKeys {
  /** How often each was met, by its path, elements of lists as `[]`. */
  readonly counts = new Map<string, number>();
  private kept: string[] = [];

  /** `emptyKeys` of an entry itself are not counted where they are null or `{}`. */
  constructor(private readonly emptyKeys: ReadonlySet<string>) {}

  /** Keeps the value of `key`, which is next. `indexes` are those of the lists that are open. */
  keep(
    cursor: JsonCursor,
    { path, key, indexes }: { readonly path: Path; readonly key: string; readonly indexes: Uint32Array },
  ): void {
    if (path.length === 0 && this.emptyKeys.has(key) && passEmpty(cursor)) return;
    const name = pathText([...path, key]);
    const count = this.counts.get(name);
    if (count === undefined && this.counts.size === PATHS_MAX) {
      throw cursor.failure('LIMIT', 'there are too many unknown keys', { max: PATHS_MAX });
    }
    this.counts.set(name, (count ?? 0) + 1);
    cursor.peek();
    const start = cursor.at;
    cursor.skip(path.length + 1);
    const { buffer, byteOffset } = cursor.bytes;
    const value = Buffer.from(buffer, byteOffset + start, cursor.at - start).toString('utf8');
    this.kept.push(`${JSON.stringify(pointer([...path, key], indexes))}:${value}`);
  }

  /** What was kept since the last call, as one JSON object by JSON pointer; `undefined` for nothing. */
  take(): string | undefined {
    if (this.kept.length === 0) return undefined;
    const text = `{${this.kept.join(',')}}`;
    this.kept = [];
    return text;
  }
}

/** `spot_prices[].ts`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** RFC 6901. */
function pointer(path: Path, indexes: Uint32Array): string {
  const parts = path.map((part) =>
    typeof part === 'number' ? String(indexes[part]) : part.replaceAll('~', '~0').replaceAll('/', '~1'),
  );
  return `/${parts.join('/')}`;
}

/** Whether `null` or `{}` is next; it is passed then. */
export function passEmpty(cursor: JsonCursor): boolean {
  const start = cursor.at;
  const first = cursor.peek();
  if (first === CHAR.LOWER_N) {
    cursor.word('null');
    return true;
  }
  if (first !== CHAR.OPEN) return false;
  cursor.at++;
  if (cursor.peek() !== CHAR.CLOSE) {
    cursor.at = start;
    return false;
  }
  cursor.at++;
  return true;
}

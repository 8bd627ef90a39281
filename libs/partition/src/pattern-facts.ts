import { LakeError } from '@ticklake/core';

/** What can be said of every text that a pattern matches. */
export interface PatternFacts {
  /** Every character that may occur, out of those that templates are written in; `other` stands for the rest. */
  readonly characters: ReadonlySet<string>;
  /** How many characters there are, where that is always the same. */
  readonly length: number | undefined;
}

/**
 * Reads a codec's pattern: literals, escapes, classes, `(?:…|…)` groups and the counts `* + ? {n} {n,m}`.
 *
 * @throws LakeError `invalid` (`SCHEME`) for a pattern that uses anything else.
 */
export function patternFacts(pattern: string): PatternFacts {
  const reader: Reader = { pattern, at: 0 };
  const facts = readAlternatives(reader);
  if (reader.at !== pattern.length) throw unreadable(reader);
  return facts;
}

interface Reader {
  readonly pattern: string;
  at: number;
}

const ALPHABET: readonly string[] = [
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)),
  '\n',
  'é',
];

function readAlternatives(reader: Reader): PatternFacts {
  let facts = readSequence(reader);
  while (reader.pattern[reader.at] === '|') {
    reader.at++;
    const next = readSequence(reader);
    facts = {
      characters: new Set([...facts.characters, ...next.characters]),
      length: facts.length === next.length ? facts.length : undefined,
    };
  }
  return facts;
}

function readSequence(reader: Reader): PatternFacts {
  const characters = new Set<string>();
  let length: number | undefined = 0;
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern[reader.at] as string)) {
    const atom = readAtom(reader);
    const count = readCount(reader);
    atom.characters.forEach((character) => characters.add(character));
    length =
      length === undefined || atom.length === undefined || count === undefined
        ? undefined
        : length + atom.length * count;
  }
  return { characters, length };
}

const ATOM = /\[(?:\\.|[^\]\\])+\]|\\[dDwWsS.*+?^$()[\]{}|/\\-]|[^\\^$*+?()[\]{}|]/uy;

function readAtom(reader: Reader): PatternFacts {
  if (reader.pattern.startsWith('(?:', reader.at)) {
    reader.at += 3;
    const facts = readAlternatives(reader);
    if (reader.pattern[reader.at++] !== ')') throw unreadable(reader);
    return facts;
  }
  ATOM.lastIndex = reader.at;
  const text = ATOM.exec(reader.pattern)?.[0];
  if (text === undefined) throw unreadable(reader);
  reader.at += text.length;
  const one = new RegExp(`^${text}$`);
  return { characters: new Set(ALPHABET.filter((character) => one.test(character))), length: 1 };
}

const COUNT = /\{(\d+)(?:,(\d*))?\}|[*+?]/y;

/** How often the atom before occurs, `undefined` where that varies. */
function readCount(reader: Reader): number | undefined {
  COUNT.lastIndex = reader.at;
  const match = COUNT.exec(reader.pattern);
  if (match === null) return 1;
  reader.at += match[0].length;
  const [, least, most] = match;
  return least !== undefined && (most === undefined || most === least) ? Number(least) : undefined;
}

function unreadable({ pattern, at }: Reader): LakeError {
  return new LakeError('invalid', 'a codec has a pattern that cannot be checked for ambiguity', {
    code: 'SCHEME',
    details: { pattern, at },
  });
}

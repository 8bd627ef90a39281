import { LakeError } from '@ticklake/core';
import picomatch from 'picomatch';

/** Some names: a set is one. */
export interface NameFilter {
  has(name: string): boolean;
}

/**
 * The names that `patterns` mean (spec row CM-29), which are not none. A pattern is a name, taken exactly as it is, or a glob: `*`, `?`, `[ab]`,
 * `[!ab]`, `{a,b}`, `{1..3}`, and `\` before a character that stands for itself. One that begins with `!` takes names away again; where there are
 * only such, it takes them from all. Upper and lower case differ.
 *
 * @throws LakeError `invalid` (`GLOB`) when a pattern is empty or no glob.
 */
export function nameFilter(patterns: readonly string[]): NameFilter {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(matcherOf);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((p) => matcherOf(p.slice(1)));
  return {
    has: (name) =>
      (wanted.length === 0 || wanted.some((matches) => matches(name))) &&
      !unwanted.some((matches) => matches(name)),
  };
}

type Matcher = (name: string) => boolean;

function matcherOf(pattern: string): Matcher {
  if (pattern === '') throw notAGlob(pattern, 'a name or a glob is empty');
  if (!/[*?[\]{}\\]/.test(pattern)) return (name) => name === pattern;
  const expression = expressionOf(pattern);
  return (name) => expression.test(name);
}

/** Characters that mean something to the library and are part of names here; `[!` and `[^` begin a class of others. */
const OTHER_SIGNS = /(?<!\\)[()|+@$]|(?<![\\[])[!^]/g;

function expressionOf(glob: string): RegExp {
  if (/(?<!\\)(\\\\)*\\$/.test(glob)) throw notAGlob(glob, 'a glob ends in a backslash');
  const escaped = glob.replace(OTHER_SIGNS, String.raw`\$&`);
  try {
    return picomatch.makeRe(escaped, {
      ...{ dot: true, posix: true, noextglob: true, nonegate: true },
      // Nothing is guessed: what is not closed, or no expression at all, fails.
      ...{ strictBrackets: true, literalBrackets: false, debug: true, fastpaths: false },
    });
  } catch (error) {
    throw notAGlob(glob, 'a glob is malformed', error);
  }
}

function notAGlob(glob: string, message: string, cause?: unknown): LakeError {
  const reason = cause instanceof Error ? cause.message : undefined;
  return new LakeError('invalid', message, { code: 'GLOB', details: { glob, reason }, cause });
}

import { isLakeError, LakeError, type Codec } from '@ticklake/core';

import { patternFacts } from './pattern-facts.js';
import { refuseAmbiguous } from './refuse-ambiguous.js';
import { parseTemplate, type Part } from './template.js';

/** The field names of a template, as a type. */
export type FieldNames<T extends string> = T extends `${string}{${infer N}}${infer Rest}`
  ? N | FieldNames<Rest>
  : never;

/** A {@link Codec} of any value. */
export interface FieldCodec {
  readonly pattern: string;
  parse(text: string): unknown;
  format(value: never): string;
}

/** One template, read in both directions. `parse(format(p))` equals `p`, and `format(parse(path))` is `path`. */
export interface PartitionScheme<P> {
  readonly template: string;
  /** @throws LakeError `invalid` when a value cannot stand in a path. */
  format(partition: P): string;
  /** `undefined` when `path` is not, as a whole and in its one spelling, of this scheme. */
  parse(path: string): P | undefined;
  /**
   * The longest literal prefix that `known` fixes; always `''` or ending in `/`. Every path of the scheme with those
   * values begins with it.
   *
   * @throws LakeError `invalid` when a value cannot stand in a path.
   */
  prefix(known: Partial<P>): string;
}

/** The values of a scheme with these codecs. */
export type PartitionOf<C> = { [K in keyof C]: C[K] extends Codec<infer V> ? V : never };

/**
 * A scheme from one template such as `exchange={exchange}/date={day}/`, with a codec for each of its fields; a missing
 * or misspelt field does not compile (LB-07). A field that stands in several places must agree in all of them.
 *
 * @throws LakeError `invalid` (`SCHEME`) for a template that could read a path in two ways.
 */
export function definePartitionScheme<
  const T extends string,
  const C extends Readonly<Record<FieldNames<T>, FieldCodec>>,
>(template: T, codecs: C): PartitionScheme<PartitionOf<Pick<C, FieldNames<T>>>> {
  type P = PartitionOf<Pick<C, FieldNames<T>>>;
  const parts = parseTemplate(template);
  const fields = new Map<string, FieldCodec>(Object.entries(codecs));
  const names = [...new Set(parts.flatMap((part) => (part.kind === 'field' ? [part.name] : [])))];
  refuseAmbiguous(parts, new Map(names.map((name) => [name, patternFacts(codecOf(fields, name).pattern)])));
  const expression = expressionOf(parts, names, fields);
  const writers = parts.map((part) => writerOf(part, fields));

  const format = (partition: P): string => {
    const values = new Map<string, unknown>(Object.entries(partition));
    return writers.map((write) => write(values)).join('');
  };

  return {
    template,
    format,
    parse(path) {
      const match = expression.exec(path);
      if (match === null) return undefined;
      try {
        const values = names.map(
          (name, i) => [name, codecOf(fields, name).parse(match[i + 1] as string)] as const,
        );
        // The template names exactly the keys of P, and each value came from that key's codec.
        const partition = Object.fromEntries(values) as P;
        return format(partition) === path ? partition : undefined;
      } catch (error) {
        if (isLakeError(error, 'invalid')) return undefined;
        throw error;
      }
    },
    prefix(known) {
      const values = new Map<string, unknown>(Object.entries(known));
      const open = parts.findIndex((part) => part.kind === 'field' && values.get(part.name) === undefined);
      const fixed = writers.slice(0, open === -1 ? parts.length : open);
      const text = fixed.map((write) => write(values)).join('');
      return text.slice(0, text.lastIndexOf('/') + 1);
    },
  };
}

/** Matches whole paths; group i + 1 is the field `names[i]`, whose later places refer back to its first. */
function expressionOf(
  parts: readonly Part[],
  names: readonly string[],
  fields: ReadonlyMap<string, FieldCodec>,
): RegExp {
  const seen = new Set<string>();
  const sources = parts.map((part) => {
    if (part.kind === 'text') return part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    if (seen.has(part.name)) return `(?:\\${names.indexOf(part.name) + 1})`;
    seen.add(part.name);
    return `(${codecOf(fields, part.name).pattern})`;
  });
  return new RegExp(`^${sources.join('')}$`);
}

/** Writes a part of a path out of the values by name. */
function writerOf(
  part: Part,
  fields: ReadonlyMap<string, FieldCodec>,
): (values: ReadonlyMap<string, unknown>) => string {
  if (part.kind === 'text') return () => part.text;
  const { name } = part;
  const { pattern, format } = codecOf(fields, name);
  const whole = new RegExp(`^(?:${pattern})$`);
  return (values) => {
    // The type of `definePartitionScheme` ties each value to its codec; the map between them has forgotten it.
    const text = format(values.get(name) as never);
    if (whole.test(text)) return text;
    throw new LakeError('invalid', 'a value cannot stand in a path', {
      code: 'NAME',
      details: { field: name, text },
    });
  };
}

function codecOf(fields: ReadonlyMap<string, FieldCodec>, name: string): FieldCodec {
  const codec = fields.get(name);
  if (codec !== undefined) return codec;
  throw new LakeError('invalid', 'a field of a template has no codec', {
    code: 'SCHEME',
    details: { field: name },
  });
}

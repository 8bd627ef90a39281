import { definePartitionScheme, type PartitionScheme } from '../define-partition-scheme.js';
import { parseTemplate } from '../template.js';
import { badName } from './bad-name.js';
import type { ViewName, ViewScheme } from './layout.js';
import { NO_TIMEFRAME, type PathCodecs, type PathValues } from './path-codecs.js';
import { knownValues, type PartitionKind } from './path-values.js';

/** How a view is drawn, and how its values are spelled. */
export interface ViewDrawing {
  readonly view: ViewName;
  readonly template: string;
  readonly written: PathCodecs;
  /** A second spelling that is read as well. */
  readonly alsoRead: PathCodecs;
}

/**
 * A view of partitions of one kind.
 *
 * @throws LakeError `invalid` (`SCHEME`) for a template that names unknown values, or can be read in two ways.
 */
export function defineView<P>(
  { view, template, written, alsoRead }: ViewDrawing,
  kind: PartitionKind<P>,
): ViewScheme<P> {
  const [scheme, other] = [written, alsoRead].map(
    (codecs): PartitionScheme<Partial<PathValues>> => definePartitionScheme(template, codecs),
  ) as [PartitionScheme<Partial<PathValues>>, PartitionScheme<Partial<PathValues>>];
  const names = namesIn(template);

  return {
    view,
    template,
    fields: names.filter((name) => name !== 'symbol'),
    format(partition) {
      const values = kind.valuesOf(partition);
      const missing = names.find((name) => values[name] === undefined);
      if (missing !== undefined) throw badName('a partition lacks what its view writes', { view, missing });
      // Two partitions would share a path.
      const lost = kind.own.find((name) => values[name] !== undefined && !names.includes(name));
      if (lost !== undefined) throw badName('a view does not write all of a partition', { view, lost });
      if (!isIn(view, values)) throw badName('only candles have a path by timeframe', { view });
      return scheme.format(values);
    },
    parse(path) {
      const values = scheme.parse(path) ?? other.parse(path);
      if (values === undefined || !isIn(view, values)) return undefined;
      const partition = kind.partitionOf(values);
      if (partition === undefined) return undefined;
      const wanted = kind.valuesOf(partition);
      return names.every((name) => values[name] === wanted[name]) ? partition : undefined;
    },
    prefix: (known) => scheme.prefix(knownValues(known)),
  };
}

/** What has no timeframe is in no view by it, though hive could write that it has none. */
function isIn(view: ViewName, { timeframe }: Partial<PathValues>): boolean {
  return view !== 'by_timeframe' || timeframe !== NO_TIMEFRAME;
}

/** The values in a template, in the order in which it first names them. */
function namesIn(template: string): readonly (keyof PathValues)[] {
  const names = parseTemplate(template).flatMap((part) => (part.kind === 'field' ? [part.name] : []));
  // Each of them has a codec, hence is a key of the values.
  return [...new Set(names)] as (keyof PathValues)[];
}

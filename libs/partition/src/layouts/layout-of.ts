import { dashCode } from './dash-code.js';
import { dashDiagram } from './dash-diagram.js';
import { defineView } from './define-view.js';
import { hive } from './hive.js';
import type { Layout, LayoutName, Tier, ViewScheme } from './layout.js';
import type { LayoutDrawing } from './layout-drawing.js';
import { pathCodecs } from './path-codecs.js';
import { availabilityKind, marketKind, type PartitionKind } from './path-values.js';

const DRAWINGS: Readonly<Record<LayoutName, LayoutDrawing>> = {
  'dash-code': dashCode,
  'dash-diagram': dashDiagram,
  hive,
};

/** The names of all layouts, the default one first (AP-05, AP-06, AP-07). */
export const layoutNames: readonly LayoutName[] = ['dash-code', 'dash-diagram', 'hive'];

/** A layout by name. With `rawColons` it writes `:` as it is, which Windows does not allow (AP-17, D-26). */
export function layoutOf(
  name: LayoutName,
  { rawColons = false }: { readonly rawColons?: boolean } = {},
): Layout {
  const { grammar, roots, views } = DRAWINGS[name];
  const written = pathCodecs({ grammar, rawColons });
  const alsoRead = pathCodecs({ grammar, rawColons: !rawColons });
  const define = <P>(tier: Tier, kind: PartitionKind<P>): readonly ViewScheme<P>[] =>
    views[tier].map(([view, template]) => defineView({ view, template, written, alsoRead }, kind));
  const market = { execution: define('execution', marketKind), ml: define('ml', marketKind) };
  const availability = define('availability', availabilityKind);
  return {
    name,
    roots,
    primary: 'by_date',
    market: (tier) => market[tier],
    availability: () => availability,
  };
}

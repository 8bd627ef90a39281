import type { Tier, ViewName } from './layout.js';
import type { Spelling } from './path-codecs.js';

/** A layout as data. */
export interface LayoutDrawing {
  readonly grammar: Spelling['grammar'];
  readonly roots: Readonly<Record<Tier, string>>;
  /** The templates of each tier's views. */
  readonly views: Readonly<Record<Tier, readonly TemplateOfView[]>>;
}

/** A view and the template of its keys. */
export type TemplateOfView = readonly [view: ViewName, template: string];

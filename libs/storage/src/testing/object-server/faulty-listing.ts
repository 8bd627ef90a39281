import type { ListPage } from './list-page.js';
import type { ServerFault } from './server-fault.js';

/** The ways in which a listing can be wrong. */
export type ListingFault = Extract<ServerFault, { kind: 'listing' }>['how'];

/** `page` as a server writes it that gets listings wrong. */
export function faultyListing(page: ListPage, how: ListingFault): ListPage {
  const { entries, next } = page;
  const [first, last] = [entries[0], entries.at(-1)];
  if (how === 'endlessToken') return { entries, next: BEGINNING };
  if (first === undefined || last === undefined) return page;
  switch (how) {
    case 'duplicate':
      return { entries: [first, ...entries], next };
    case 'missing':
      return { entries: entries.toSpliced(Math.floor(entries.length / 2), 1), next };
    case 'reordered':
      return entries.length < 2 ? page : { entries: [last, ...entries.slice(1, -1), first], next };
  }
}

/** Every name comes after it. */
const BEGINNING = '';

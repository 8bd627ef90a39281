import type { Random } from '../../spool/random.js';
import { readLayout, writeLayout, type FileLayout, type PageLayout } from '../format/file-layout.js';
import { pick, type Damage, type Mutation } from './mutation.js';

/** Damage to pages as wholes. */
export const PAGE_MUTATIONS: readonly Mutation[] = [
  { name: 'page body over another body', weight: 4, apply: overwriteBody },
  { name: 'two page bodies swapped', weight: 4, apply: swapBodies },
  { name: 'page over another page', weight: 3, apply: overwritePage },
  { name: 'two pages of a chunk swapped', weight: 3, apply: swapPages },
  {
    name: 'page left out',
    weight: 3,
    fitsFooter: true,
    apply: relaid((pages, random) => pages.splice(random.below(pages.length), 1)),
  },
  {
    name: 'page doubled',
    weight: 2,
    fitsFooter: true,
    apply: relaid((pages, random) => pages.splice(random.below(pages.length), 0, pick(random, pages))),
  },
];

/** Headers stay; as much of the one body as fits stands where the other did. */
function overwriteBody({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const [from, to] = twoPages(target.pages, random);
  bytes.set(from.body.subarray(0, to.end - to.bodyStart), to.bodyStart);
  return bytes;
}

function swapBodies({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const [a, b] = twoPages(target.pages, random);
  const length = Math.min(a.body.length, b.body.length);
  bytes.set(a.body.subarray(0, length), b.bodyStart);
  bytes.set(b.body.subarray(0, length), a.bodyStart);
  return bytes;
}

/** Of one size where there is such a pair, so that the pages after it stand where they did. */
function overwritePage({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const to = pick(random, target.pages);
  const size = to.end - to.start;
  const alike = target.pages.filter((page) => page !== to && page.end - page.start === size);
  const from = alike.length > 0 && random.below(2) === 0 ? pick(random, alike) : pick(random, target.pages);
  bytes.set(target.bytes.subarray(from.start, Math.min(from.end, from.start + size)), to.start);
  return bytes;
}

/** Two neighbours, so that the chunk stays where and as long as it was. */
function swapPages({ target, random }: Damage): Uint8Array {
  const pairs = target.layout.chunks.flatMap(({ pages }) =>
    pages.slice(1).map((page, i) => [pages[i] as PageLayout, page] as const),
  );
  const bytes = target.bytes.slice();
  if (pairs.length === 0) return overwritePage({ target, random, targets: [] });
  const [first, second] = pick(random, pairs);
  bytes.set(target.bytes.subarray(second.start, second.end), first.start);
  bytes.set(target.bytes.subarray(first.start, first.end), first.start + second.end - second.start);
  return bytes;
}

/** Changes the pages of one chunk and makes the offsets of the footer fit, so that nothing else is wrong. */
function relaid(change: (pages: PageLayout[], random: Random) => void): Mutation['apply'] {
  return ({ target, random }) => {
    const layout: FileLayout = readLayout(target.bytes);
    const pages = layout.chunks.map((chunk) => [...chunk.pages]);
    change(
      pick(
        random,
        pages.filter(({ length }) => length > 0),
      ),
      random,
    );
    return writeLayout(layout, pages);
  };
}

function twoPages(pages: readonly PageLayout[], random: Random): readonly [PageLayout, PageLayout] {
  const first = pick(random, pages);
  return [
    first,
    pick(
      random,
      pages.filter((page) => page !== first),
    ),
  ];
}

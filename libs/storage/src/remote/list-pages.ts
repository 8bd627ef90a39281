import { compareUtf8, LakeError } from '@ticklake/core';
import { checkPrefix } from '../key.js';
import type { Children, ObjectMeta } from '../object-store.js';
import { metaOf } from './meta-of.js';
import type { ListPage } from './object-api.js';
import type { Requests } from './requests.js';

/** Pages that may be without any entry in a row: services look at so much at a time, whether or not they find anything. */
const EMPTY_PAGES_MAX = 1_000;

/** Everything below `prefix`, page by page. @throws LakeError `unavailable` (`LISTING`) when pages contradict each other. */
export async function* listObjects(
  requests: Requests,
  prefix: string,
): AsyncGenerator<ObjectMeta, void, undefined> {
  const { check } = createOrder();
  for await (const { objects } of pages(requests, { prefix, isOneLevel: false })) {
    for (const object of objects) {
      check(object.key, prefix);
      if (!isMarker(object)) yield metaOf(object);
    }
  }
}

/** One level below `prefix`. @throws LakeError `unavailable` (`LISTING`) when pages contradict each other. */
export async function listChildren(requests: Requests, prefix: string): Promise<Children> {
  const prefixes: string[] = [];
  const objects: ObjectMeta[] = [];
  const [objectOrder, prefixOrder] = [createOrder(), createOrder()];
  for await (const page of pages(requests, { prefix, isOneLevel: true })) {
    for (const below of page.prefixes) {
      prefixOrder.check(below, prefix);
      prefixes.push(below);
    }
    for (const object of page.objects) {
      objectOrder.check(object.key, prefix);
      if (!isMarker(object)) objects.push(metaOf(object));
    }
  }
  return { prefixes, objects };
}

async function* pages(
  { send }: Requests,
  level: { readonly prefix: string; readonly isOneLevel: boolean },
): AsyncGenerator<ListPage, void, undefined> {
  checkPrefix(level.prefix);
  let emptyPages = 0;
  for (let token: string | undefined; ; ) {
    const page = await send('list', { ...level, token });
    yield page;
    emptyPages = page.objects.length + page.prefixes.length === 0 ? emptyPages + 1 : 0;
    if (page.nextToken === undefined) return;
    if (page.nextToken === token || emptyPages > EMPTY_PAGES_MAX)
      throw contradiction('does not get on', level.prefix);
    token = page.nextToken;
  }
}

/** Makes sure that names come in the order of their bytes, each once, and below their prefix: merge order depends on it. */
function createOrder() {
  let last: string | undefined;
  return {
    check(name: string, prefix: string): void {
      if (!name.startsWith(prefix)) throw contradiction('tells what was not asked for', prefix);
      if (last !== undefined && compareUtf8(last, name) >= 0) throw contradiction('is not in order', prefix);
      last = name;
    },
  };
}

/** What consoles put where they show a directory: a name that ends in a slash, and no bytes. */
function isMarker({ key, size }: { readonly key: string; readonly size: number }): boolean {
  return size === 0 && key.endsWith('/');
}

function contradiction(what: string, prefix: string): LakeError {
  return new LakeError('unavailable', `the listing ${what}`, { code: 'LISTING', details: { prefix } });
}

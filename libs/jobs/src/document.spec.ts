import { bytesSource, LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import fc from 'fast-check';
import { z } from 'zod';
import { findDocument, readDocument, replaceDocument, updateDocument } from './document.js';

const schema = z.looseObject({ count: z.int(), names: z.array(z.string()).default([]) });
const KEY = 'compacted/_state.json';

function options(attemptsMax = 3) {
  return { clock: fakeClock(0), attemptsMax, delayMinMs: 10, delayMaxMs: 50 };
}

async function storeWith(text: string): Promise<ObjectStore> {
  const store = memoryStore();
  await store.put(KEY, new TextEncoder().encode(text));
  return store;
}

async function textOf(store: ObjectStore): Promise<string> {
  return new TextDecoder().decode((await store.get(KEY)).bytes);
}

/** Counts puts, and before the first `count` of them lets another writer be quicker. */
function raced(store: ObjectStore, count: number) {
  let puts = 0;
  const racing: ObjectStore = {
    ...store,
    async put(key, body, putOptions) {
      if (++puts <= count) {
        const other = JSON.stringify({ count: 100 * puts, names: [] });
        await store.put(key, bytesSource(new TextEncoder().encode(other)));
      }
      return store.put(key, body, putOptions);
    },
  };
  return { store: racing, puts: () => puts };
}

describe('readDocument', () => {
  it('is undefined when nothing is there', async () => {
    expect(await readDocument(memoryStore(), KEY, schema)).toBeUndefined();
  });

  it('fills in defaults and keeps what the schema does not know', async () => {
    const store = await storeWith('\ufeff{"count":1,"later":{"deep":[1,{"x":null}]}}');
    expect(await readDocument(store, KEY, schema)).toEqual({
      count: 1,
      names: [],
      later: { deep: [1, { x: null }] },
    });
  });

  it.each([
    ['not JSON', '{"count":'],
    ['empty', ''],
    ['of another shape', '{"count":"1"}'],
    ['an array', '[]'],
    ['with a prototype in it', '{"count":1,"__proto__":{"x":1}}'],
    ['of one key twice', '{"count":1,"count":2}'],
    ['of one key twice far down', '{"count":1,"a":[{"x":{"y":1,"z":"\\"","y":2}}]}'],
  ])('stops at a document that is %s', async (_, text) => {
    const store = await storeWith(text);
    const failure = expect.objectContaining({ kind: 'invalid', code: 'DOCUMENT' });
    await expect(readDocument(store, KEY, schema)).rejects.toEqual(failure);
    const update = updateDocument(store, KEY, schema, () => ({ count: 1, names: [] }), options());
    await expect(update).rejects.toEqual(failure);
    expect(await textOf(store)).toBe(text);
  });

  it('stops at bytes that are not UTF-8', async () => {
    const store = memoryStore();
    await store.put(KEY, Uint8Array.of(0x7b, 0xff, 0x7d));
    await expect(readDocument(store, KEY, schema)).rejects.toMatchObject({ code: 'DOCUMENT' });
  });

  it('takes a schema that would drop unknown keys for the bug it is', async () => {
    const store = await storeWith('{"count":1,"later":true}');
    const strips = z.object({ count: z.int() });
    await expect(readDocument(store, KEY, strips)).rejects.toThrow('must keep unknown keys: it drops later');
  });
});

it('keys in texts, and one key in several objects, are no key twice', async () => {
  const text =
    '{"count": 1, "a": "\\\\\\"count\\": {\\"", "b": [{"count" : 2}, {"count":3}, "count"], "": {"": []}}';
  expect(await readDocument(await storeWith(text), KEY, schema)).toMatchObject({ b: [{}, {}, 'count'] });
});

describe('replaceDocument', () => {
  const next = { count: 5, names: [] };
  const keepAs = 'compacted/_state-old.json';

  it('creates where nothing is, and only there', async () => {
    const store = memoryStore();
    expect(await findDocument(store, KEY, schema)).toBeUndefined();
    await replaceDocument(store, KEY, schema, next, { found: undefined, keepAs });
    expect((await findDocument(store, KEY, schema))?.document).toEqual(next);
    expect(await store.head(keepAs)).toBeUndefined();
    const again = replaceDocument(store, KEY, schema, next, { found: undefined, keepAs });
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('replaces what cannot be understood, and keeps its bytes', async () => {
    const store = await storeWith('{"count":');
    const found = await findDocument(store, KEY, schema);
    expect(found).toMatchObject({ document: undefined, problem: { kind: 'invalid', code: 'DOCUMENT' } });
    await replaceDocument(store, KEY, schema, next, { found, keepAs });
    expect(JSON.parse(await textOf(store))).toEqual(next);
    expect(Buffer.from((await store.get(keepAs)).bytes).toString()).toBe('{"count":');
  });

  it('leaves alone what somebody else wrote since it was found', async () => {
    const store = await storeWith('[]');
    const found = await findDocument(store, KEY, schema);
    await store.put(KEY, new TextEncoder().encode('{"count":7}'));
    const replaced = replaceDocument(store, KEY, schema, next, { found, keepAs });
    await expect(replaced).rejects.toMatchObject({ kind: 'conflict' });
    expect(await textOf(store)).toBe('{"count":7}');
  });

  it('replaces nothing when the old bytes cannot be kept', async () => {
    const store = await storeWith('[]');
    await store.put(keepAs, new TextEncoder().encode('another'));
    const found = await findDocument(store, KEY, schema);
    const replaced = replaceDocument(store, KEY, schema, next, { found, keepAs });
    await expect(replaced).rejects.toMatchObject({ kind: 'conflict' });
    expect(await textOf(store)).toBe('[]');
  });
});

describe('updateDocument', () => {
  it('creates, then changes, and returns what is stored', async () => {
    const store = memoryStore();
    const increment = (current: z.infer<typeof schema> | undefined) => ({
      ...current,
      count: (current?.count ?? 0) + 1,
      names: ['a'],
    });
    expect(await updateDocument(store, KEY, schema, increment, options())).toEqual({
      count: 1,
      names: ['a'],
    });
    expect(await updateDocument(store, KEY, schema, increment, options())).toEqual({
      count: 2,
      names: ['a'],
    });
    expect(await textOf(store)).toBe('{\n  "count": 2,\n  "names": [\n    "a"\n  ]\n}\n');
  });

  it('puts nothing when the change changes nothing', async () => {
    const { store, puts } = raced(await storeWith('{"count":5,"names":[],"zz":1}'), 0);
    await updateDocument(
      store,
      KEY,
      schema,
      (current) => ({ zz: 1, names: [], count: current?.count ?? 0 }),
      options(),
    );
    expect(puts()).toBe(0);
    expect(await textOf(store)).toBe('{"count":5,"names":[],"zz":1}');
  });

  it('notices a change made in place', async () => {
    const store = await storeWith('{"count":5,"names":[]}');
    const change = (current: z.infer<typeof schema> | undefined) => {
      current?.names.push('b');
      return current ?? { count: 0, names: [] };
    };
    await updateDocument(store, KEY, schema, change, options());
    expect(await readDocument(store, KEY, schema)).toEqual({ count: 5, names: ['b'] });
  });

  it('starts again from what the other wrote', async () => {
    const { store, puts } = raced(await storeWith('{"count":1}'), 2);
    const result = await updateDocument(
      store,
      KEY,
      schema,
      (current) => ({ count: (current?.count ?? 0) + 1, names: [] }),
      options(3),
    );
    expect(result.count).toBe(201);
    expect(puts()).toBe(3);
  });

  it('says conflict when it lost every race, and waited longer each time', async () => {
    const { store } = raced(await storeWith('{"count":1}'), 99);
    const clock = fakeClock(0);
    const change = () => ({ count: -1, names: [] });
    const update = updateDocument(store, KEY, schema, change, { ...options(5), clock });
    await expect(update).rejects.toMatchObject({ kind: 'conflict', details: { attempts: 5 } });
    expect(clock.nowMs()).toBe(10 + 20 + 40 + 50);
  });

  it('passes on any other failure at once', async () => {
    const store: ObjectStore = {
      ...memoryStore(),
      put: () => Promise.reject(new LakeError('unavailable', 'no answer')),
    };
    const update = updateDocument(store, KEY, schema, () => ({ count: 1, names: [] }), options());
    await expect(update).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('refuses to write what it could not read', async () => {
    const store = memoryStore();
    const update = updateDocument(store, KEY, schema, () => ({ count: 0.5, names: [] }), options());
    await expect(update).rejects.toMatchObject({ code: 'DOCUMENT' });
    expect(await store.head(KEY)).toBeUndefined();
  });

  it('loses no update of 8 writers with 50 increments each', async () => {
    const store = memoryStore();
    const writer = async () => {
      for (let i = 0; i < 50; i++) {
        await updateDocument(
          store,
          KEY,
          schema,
          (current) => ({ count: (current?.count ?? 0) + 1, names: [] }),
          options(400),
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    expect((await readDocument(store, KEY, schema))?.count).toBe(400);
  });

  it('keeps any JSON that it does not know', async () => {
    const anyDocument = z.looseObject({});
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (extra) => {
        fc.pre(!JSON.stringify(extra).includes('__proto__'));
        const store = await storeWith(JSON.stringify(extra));
        await updateDocument(
          store,
          KEY,
          anyDocument,
          (current) => ({ ...current, 'added last': 1 }),
          options(),
        );
        const expected: unknown = JSON.parse(JSON.stringify({ ...extra, 'added last': 1 }));
        expect(JSON.parse(await textOf(store))).toEqual(expected);
      }),
    );
  });
});

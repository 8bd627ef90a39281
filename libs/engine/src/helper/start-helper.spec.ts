import { USUAL_LIMITS } from '@ticklake/parquet';
import { ARENA } from '../spec-support/test-arena.js';
import { fileOf, mergeOf, SMALL, testFile } from '../spec-support/test-files.js';
import { testHelper } from '../spec-support/test-helper.js';
import { keyedRows, sorted } from '../spec-support/test-rows.js';
import type { HelperRequest } from './messages.js';
import { startHelper } from './start-helper.js';

const OPEN: HelperRequest = {
  ...{ type: 'openLane', schema: { fields: [] }, encoding: SMALL, exclude: undefined },
  ...{ uses: [], limits: USUAL_LIMITS, windowBytes: 1 },
};
const NOTHING = { digests: undefined, chunks: undefined };
const ENDED = 'a helper thread ended before its work did';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

describe('a helper', () => {
  it('answers in order', async () => {
    const helper = testHelper();
    const answered: number[] = [];
    const requests: HelperRequest[] = [OPEN, { type: 'ranges', ranges: [] }, { type: 'closeLane' }];
    await Promise.all(
      requests.map(async (request, i) => {
        expect(await helper.ask(request)).toEqual(NOTHING);
        answered.push(i);
      }),
    );
    expect(answered).toEqual([0, 1, 2]);
    await helper.close();
  });

  it('passes errors on as they are, and works on', async () => {
    const helper = testHelper();
    await expect(helper.ask({ type: 'encode' })).rejects.toThrow('a lane is opened before it is used');
    await helper.ask({ type: 'closeLane' });
    const bad = { ...OPEN, encoding: { ...SMALL, compression: 'zstd' as const, zstdLevel: 99 } };
    await expect(helper.ask(bad)).rejects.toMatchObject({ kind: 'invalid' });
    await helper.ask({ type: 'closeLane' });
    expect(await helper.ask(OPEN)).toEqual(NOTHING);
    await helper.close();
  });

  it('does not go on with a lane that failed, whatever it was asked meanwhile', async () => {
    const helper = testHelper();
    const bad = { ...OPEN, encoding: { ...SMALL, compression: 'zstd' as const, zstdLevel: 99 } };
    const asked = [bad, { type: 'encode' } as const].map((request) => helper.ask(request));
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ kind: 'invalid' });
    await helper.close();
  });

  it('that is closed ends its thread: whoever waits is told, and whoever asks again', async () => {
    const helper = testHelper();
    await helper.ask(OPEN);
    // Some may be answered before the thread has ended; nobody waits for ever.
    const waiting = Array.from({ length: 1000 }, () => helper.ask({ type: 'encode' }));
    const settled = Promise.allSettled(waiting);
    await helper.close();
    const told = (await settled).filter(({ status }) => status === 'rejected');
    expect(told).not.toHaveLength(0);
    await expect(helper.ask({ type: 'closeLane' })).rejects.toThrow(ENDED);
  });

  it('whose thread does not start says so', async () => {
    const script = new URL('./nothing-here.js', import.meta.url);
    const helper = startHelper(ARENA, { bytesMax: 1 << 20, script });
    await expect(helper.ask(OPEN)).rejects.toThrow('nothing-here');
    await helper.close();
  });

  it('that is gone in the middle of a merge ends it, and nothing stays taken', async () => {
    const helper = testHelper();
    const orderBy = ['ts_event'];
    const place = { storeUrl: 'memory:', key: 'nobody opens it', etag: '' };
    const files = await Promise.all(
      [0, 1].map(async (seed) =>
        testFile(`f${seed}`, await fileOf(sorted(keyedRows(200, { seed }), orderBy)), { orderBy, place }),
      ),
    );
    let closed: Promise<void> | undefined;
    const onRows = () => void (closed ??= helper.close());
    await expect(mergeOf(files, { helper, onRows, rowGroupRows: 20 })).rejects.toThrow(ENDED);
    await closed;
  });
});

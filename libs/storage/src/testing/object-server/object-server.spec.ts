import { createHash } from 'node:crypto';
import { startObjectServer, SERVER_FAULTS, type Dialect, type FaultWhen, type ServerFault } from './index.js';

/** The few things that the faults are tried on, in the words of either dialect. */
async function open(dialect: Dialect) {
  const server = await startObjectServer({ dialect, buckets: ['lake'] });
  const isGcs = dialect === 'gcs';
  const put = (key: string, body: string, { absent = false, md5 = '' } = {}): Promise<Response> => {
    const condition = absent ? '&ifGenerationMatch=0' : '';
    const headers: Record<string, string> = {};
    if (!isGcs && absent) headers['if-none-match'] = '*';
    if (md5 !== '') headers[isGcs ? 'x-goog-hash' : 'content-md5'] = isGcs ? `md5=${md5}` : md5;
    const path = isGcs
      ? `/upload/storage/v1/b/lake/o?uploadType=media&name=${key}${condition}`
      : `/lake/${key}`;
    return fetch(`${server.endpoint}${path}`, { method: isGcs ? 'POST' : 'PUT', headers, body });
  };
  const get = (key: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${server.endpoint}${isGcs ? `/storage/v1/b/lake/o/${key}?alt=media` : `/lake/${key}`}`, {
      signal,
    });
  const list = async (token = ''): Promise<{ names: string[]; next: string | undefined }> => {
    const query = token === '' ? '' : `&${isGcs ? 'pageToken' : 'continuation-token'}=${token}`;
    const path = isGcs ? '/storage/v1/b/lake/o?prefix=' : '/lake?list-type=2';
    const text = await (await fetch(`${server.endpoint}${path}${query}`)).text();
    const found = text.matchAll(isGcs ? /"name":"([^"]*)"/g : /<Key>([^<]*)/g);
    const [, next] = /(?:"nextPageToken":"|<NextContinuationToken>)([^"<]*)/.exec(text) ?? [];
    return { names: [...found].map(([, name]) => name as string), next };
  };
  /** The version that an answer names, in a header or in a document. */
  const versionIn = async (response: Response): Promise<string | undefined> => {
    const text = await response.text();
    const header = response.headers.get(isGcs ? 'x-goog-generation' : 'etag');
    return header?.replaceAll('"', '') ?? /"generation":"(\d+)"/.exec(text)?.[1];
  };
  const textAt = (key: string) => {
    const stored = server.stored('lake', key);
    return stored === undefined ? undefined : Buffer.from(stored.bytes).toString();
  };
  /** Strikes the next request, and no later one. */
  const strike = (fault: ServerFault) => {
    let isSpent = false;
    server.injectFaults(() => {
      if (isSpent) return undefined;
      isSpent = true;
      return fault;
    });
  };
  return { server, put, get, list, versionIn, textAt, strike };
}

const WHENS: readonly FaultWhen[] = ['before', 'after'];

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(1);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe.each(['s3', 'r2', 'gcs'] as const)('faults of %s', (dialect) => {
  let its: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    its = await open(dialect);
  });
  afterAll(() => its.server.close());
  beforeEach(() => {
    its.server.injectFaults(undefined);
    its.server.reset();
  });

  it.each(WHENS)('status, %s the operation took effect', async (when) => {
    its.strike({ kind: 'status', status: 503, retryAfterSeconds: 7, when });
    const response = await its.put('k', 'new');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.text()).toContain(dialect === 'gcs' ? 'backendError' : '<Code>SlowDown</Code>');
    expect(its.textAt('k')).toBe(when === 'after' ? 'new' : undefined);
    its.strike({ kind: 'status', status: 500, code: 'OfMyOwn', when });
    expect(await (await its.put('k', 'newer')).text()).toContain('OfMyOwn');
    expect(its.server.history('lake', 'k')).toHaveLength(when === 'after' ? 2 : 0);
  });

  it.each(WHENS)('reset, %s the operation took effect', async (when) => {
    its.strike({ kind: 'reset', when });
    await expect(its.put('k', 'new')).rejects.toThrow('fetch failed');
    expect(its.textAt('k')).toBe(when === 'after' ? 'new' : undefined);
  });

  it.each(WHENS)('hang, %s the operation took effect', async (when) => {
    await its.put('k', 'old');
    its.strike({ kind: 'hang', when });
    const put = its.put('k', 'new').then(
      () => 'answered',
      () => 'ended',
    );
    const expected = when === 'after' ? 'new' : 'old';
    await until(() => its.server.requests[1]?.bytesReceived === 3 && its.textAt('k') === expected);
    expect(await Promise.race([put, sleep(30).then(() => 'waiting')])).toBe('waiting');
    expect(its.textAt('k')).toBe(expected);
    its.strike({ kind: 'hang', when });
    await expect(its.get('k', AbortSignal.timeout(20))).rejects.toThrow('timeout');
  });

  it('slowBody', async () => {
    await its.put('k', '0123456789');
    its.strike({ kind: 'slowBody', bytesPerSecond: 100 });
    const startedMs = performance.now();
    const response = await its.get('k');
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('0123456789');
    // The second half comes 50 ms after the first.
    expect(performance.now() - startedMs).toBeGreaterThan(30);
    its.strike({ kind: 'slowBody', bytesPerSecond: 1 });
    const patience = new AbortController();
    const text = (await its.get('k', patience.signal)).text();
    setTimeout(() => patience.abort(), 50);
    await expect(text).rejects.toThrow('aborted');
  });

  it('truncatedBody', async () => {
    await its.put('k', '0123456789');
    its.strike({ kind: 'truncatedBody' });
    const response = await its.get('k');
    expect(response.headers.get('content-length')).toBe('10');
    const chunks: Uint8Array[] = [];
    const read = async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(Buffer.concat(chunks).toString()).toBe('01234');
  });

  it('shortBody', async () => {
    await its.put('k', '0123456789');
    its.strike({ kind: 'shortBody' });
    const response = await its.get('k');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('01234');
  });

  it('flippedBit', async () => {
    await its.put('k', '0000');
    its.strike({ kind: 'flippedBit' });
    expect(await (await its.get('k')).text()).toBe('0010');
    expect(its.textAt('k')).toBe('0000');
    expect(await (await its.get('k')).text()).toBe('0000');
  });

  it('errorInOk and html', async () => {
    its.strike({ kind: 'errorInOk' });
    const error = await its.put('k', 'new');
    expect([error.status, await error.text()]).toEqual([200, expect.stringMatching(/<Error>|"error":/)]);
    its.strike({ kind: 'html' });
    const page = await its.put('k', 'new');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<html>')]);
    expect(its.server.history('lake', 'k')).toEqual([]);
  });

  it('listing', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await its.put(key, 'x');
    const listed = (how: Extract<ServerFault, { kind: 'listing' }>['how']) => {
      its.strike({ kind: 'listing', how });
      return its.list();
    };
    expect((await listed('duplicate')).names).toEqual(['a', 'a', 'b', 'c', 'd']);
    expect((await listed('missing')).names).toEqual(['a', 'b', 'd']);
    expect((await listed('reordered')).names).toEqual(['d', 'b', 'c', 'a']);
    const endless = await listed('endlessToken');
    its.strike({ kind: 'listing', how: 'endlessToken' });
    expect(await its.list(endless.next)).toEqual(endless);
    expect(endless).toEqual({ names: ['a', 'b', 'c', 'd'], next: expect.stringMatching(/./) });
    expect((await its.list()).next).toBeUndefined();
  });

  it('wrongEtag', async () => {
    its.strike({ kind: 'wrongEtag' });
    const put = await its.versionIn(await its.put('k', 'new'));
    its.strike({ kind: 'wrongEtag' });
    const got = await its.versionIn(await its.get('k'));
    const stored = its.server.stored('lake', 'k')?.version;
    expect(put).toBe(got);
    expect(put).toMatch(/^\w+$/);
    expect(put).not.toBe(stored);
    expect(await its.versionIn(await its.get('k'))).toBe(stored);
  });

  it('delayedLanding', async () => {
    its.strike({ kind: 'delayedLanding', afterMs: 300 });
    await expect(its.put('raced', 'late', { absent: true })).rejects.toThrow('fetch failed');
    await its.put('raced', 'first', { absent: true });
    its.strike({ kind: 'delayedLanding', afterMs: 300 });
    await expect(its.put('late', 'new')).rejects.toThrow('fetch failed');
    expect([its.textAt('late'), its.textAt('raced')]).toEqual([undefined, 'first']);
    await until(() => its.textAt('late') === 'new');
    expect(its.textAt('raced')).toBe('first');
    its.strike({ kind: 'delayedLanding', afterMs: 200 });
    await expect(its.put('forgotten', 'new')).rejects.toThrow('fetch failed');
    its.server.reset();
    await sleep(250);
    expect(its.textAt('forgotten')).toBeUndefined();
  });

  it('ignoredConditions', async () => {
    await its.put('k', 'old');
    its.strike({ kind: 'ignoredConditions' });
    expect((await its.put('k', 'new', { absent: true })).status).toBe(200);
    expect(its.textAt('k')).toBe('new');
    expect((await its.put('k', 'newer', { absent: true })).status).toBe(412);
  });

  it('skewedDate', async () => {
    await its.put('k', 'x');
    const offMs = async () => {
      const response = await its.get('k');
      await response.text();
      return Date.parse(response.headers.get('date') ?? '') - Date.now();
    };
    its.strike({ kind: 'skewedDate', byMs: 3_600_000 });
    expect(Math.abs((await offMs()) - 3_600_000)).toBeLessThan(60_000);
    expect(Math.abs(await offMs())).toBeLessThan(60_000);
  });

  it('flippedUpload', async () => {
    const md5 = createHash('md5').update('0000').digest('base64');
    its.strike({ kind: 'flippedUpload' });
    expect((await its.put('k', '0000', { md5 })).status).toBe(400);
    expect(its.textAt('k')).toBeUndefined();
    its.strike({ kind: 'flippedUpload' });
    expect((await its.put('k', '0000')).status).toBe(200);
    expect(its.textAt('k')).toBe('0010');
    expect((await its.put('k', '0000', { md5 })).status).toBe(200);
  });

  it.each(SERVER_FAULTS)('of a read, $kind ($when$how$status) leaves the server as it was', async (fault) => {
    await its.put('k', '0123456789');
    its.strike(fault);
    await its.get('k', AbortSignal.timeout(150)).then(
      (response) => response.text().catch(() => undefined),
      () => undefined,
    );
    expect(await (await its.get('k')).text()).toBe('0123456789');
    expect(its.server.requests.map(({ operation }) => operation)).toEqual(['put', 'get', 'get']);
    expect(its.server.history('lake', 'k')).toHaveLength(1);
  });

  it('are asked of a plan that sees the request', async () => {
    const { server } = its;
    const asked: unknown[] = [];
    server.injectFaults((request) => void asked.push(request));
    await its.put('k', 'hello');
    await its.get('k');
    expect(asked).toEqual(server.requests);
    expect(asked).toMatchObject([
      { index: 0, operation: 'put', key: 'k', bucket: 'lake', bytesReceived: 5 },
      { index: 1, operation: 'get', bytesReceived: 0 },
    ]);
    server.injectFaults(() => {
      throw new Error('the plan is wrong');
    });
    expect(await (await its.get('k')).text()).toContain('the plan is wrong');
  });
});

it('a server that closes ends what hangs, and nothing lands later', async () => {
  const { server, put, textAt, strike } = await open('s3');
  strike({ kind: 'hang', when: 'before' });
  const hanging = put('k', 'x').catch(() => 'ended');
  await until(() => server.requests.length === 1);
  strike({ kind: 'delayedLanding', afterMs: 200 });
  await put('late', 'x').catch(() => undefined);
  await server.close();
  expect(await hanging).toBe('ended');
  await sleep(250);
  expect(textAt('late')).toBeUndefined();
});

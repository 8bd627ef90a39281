import { startObjectServer } from '../index.js';
import { gcsServer, md5Of, verdict } from '../spec-support/gcs-server.js';

const { server, ask, put, putWith, at, textAt } = await gcsServer();

/** Of `123456789`, the check value of CRC-32C. */
const CRC32C = Buffer.from([0xe3, 0x06, 0x92, 0x83]).toString('base64');

describe('objects of GCS', () => {
  it('come back as they were uploaded', async () => {
    const document = { name: 'a/b c+é', contentType: 'text/csv', metadata: { Run: '7' } };
    const uploaded = await (await putWith(document, '123456789')).json();
    const { version } = server.stored('lake', 'a/b c+é') ?? {};
    expect(uploaded).toEqual({
      kind: 'storage#object',
      id: `lake/a/b c+é/${version}`,
      name: 'a/b c+é',
      bucket: 'lake',
      generation: version,
      metageneration: '1',
      contentType: 'text/csv',
      storageClass: 'STANDARD',
      size: '9',
      md5Hash: md5Of('123456789'),
      crc32c: CRC32C,
      etag: expect.any(String),
      timeCreated: '2026-01-02T03:04:05.000Z',
      updated: '2026-01-02T03:04:05.000Z',
      metadata: { Run: '7' },
    });
    expect(await (await ask(at('a/b c+é'))).json()).toEqual(uploaded);
    const content = await ask(at('a/b c+é', '?alt=media'));
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-length': '9',
      'content-type': 'text/csv',
      date: 'Fri, 02 Jan 2026 03:04:05 GMT',
      'x-goog-generation': version,
      'x-goog-hash': `crc32c=${CRC32C},md5=${md5Of('123456789')}`,
      'x-goog-stored-content-length': '9',
    });
    expect(await content.text()).toBe('123456789');
    expect(await (await ask(`/download${at('a/b c+é')}`)).text()).toBe('123456789');
    expect(server.requests).toMatchObject([
      { index: 0, operation: 'put', method: 'POST', bucket: 'lake', key: 'a/b c+é' },
      { index: 1, operation: 'head', key: 'a/b c+é', bytesReceived: 0 },
      { index: 2, operation: 'get' },
      { index: 3, operation: 'get' },
    ]);
  });

  it('hold any bytes, even what looks like a boundary', async () => {
    const body = Buffer.concat([Buffer.from([0, 13, 10, 255]), Buffer.from('--frontier\r\n\r\n')]);
    expect(await verdict(putWith({ name: 'k' }, body))).toBe('200');
    expect(Buffer.compare(server.stored('lake', 'k')?.bytes ?? Buffer.alloc(0), body)).toBe(0);
  });

  it('never have a generation twice', async () => {
    await put('k', 'same');
    await put('k', 'same');
    expect(await verdict(ask(at('k'), { method: 'DELETE' }))).toBe('204');
    expect(await verdict(ask(at('k'), { method: 'DELETE' }))).toBe('404 notFound');
    server.reset();
    await put('k', 'same');
    await put('other', 'same');
    const versions = [...server.history('lake', 'k'), ...server.history('lake', 'other')];
    expect(new Set(versions.map(({ version }) => version)).size).toBe(2);
    expect(versions).toHaveLength(2);
  });

  it.each([
    ['crc32c', CRC32C, '200'],
    ['crc32c', 'AAAAAA==', '400 invalid'],
    ['md5Hash', md5Of('123456789'), '200'],
    ['md5Hash', md5Of('other'), '400 invalid'],
    ['metadata', { count: 1 }, '400 invalid'],
    ['contentType', 7, '400 invalid'],
  ])('with %s %j: %s', async (name, value, expected) => {
    expect(await verdict(putWith({ name: 'k', [name]: value }, '123456789'))).toBe(expected);
    expect(textAt('k')).toBe(expected === '200' ? '123456789' : undefined);
  });

  it('need a readable request', async () => {
    const upload = (query: string, body: string, type = 'multipart/related; boundary=x') =>
      verdict(
        ask(`/upload/storage/v1/b/lake/o?${query}`, {
          method: 'POST',
          body,
          headers: { 'content-type': type },
        }),
      );
    expect(await upload('uploadType=multipart', '--x\r\n\r\n{}\r\n--x\r\n\r\nbody\r\n--x--')).toBe(
      '400 invalid',
    );
    expect(await upload('uploadType=multipart&name=k', '--x\r\n\r\n{}\r\n--x--')).toBe('400 invalid');
    expect(await upload('uploadType=multipart&name=k', 'no boundary')).toBe('400 invalid');
    expect(await upload('uploadType=multipart&name=k', '--x\r\n\r\n{\r\n--x\r\n\r\nbody\r\n--x--')).toBe(
      '400 invalid',
    );
    expect(await upload('uploadType=multipart&name=k', '{}', 'text/plain')).toBe('400 invalid');
    expect(await upload('uploadType=media&name=a%0Ab', 'body')).toBe('400 invalid');
    expect(await upload('name=k', 'body')).toBe('400 invalid');
    expect(await upload('uploadType=media&name=k&kmsKeyName=x', 'body')).toBe('501 notImplemented');
    expect(server.stored('lake', 'k')).toBeUndefined();
  });

  it.each([
    ['POST', 'k', 'ifGenerationMatch=0', '412 conditionNotMet'],
    ['POST', 'new', 'ifGenerationMatch=0', '200'],
    ['POST', 'k', 'ifGenerationMatch=G', '200'],
    ['POST', 'k', 'ifGenerationMatch=5', '412 conditionNotMet'],
    ['POST', 'new', 'ifGenerationMatch=5', '412 conditionNotMet'],
    ['POST', 'k', 'ifGenerationNotMatch=0', '200'],
    ['POST', 'k', 'ifMetagenerationMatch=1', '200'],
    ['POST', 'k', 'ifMetagenerationMatch=2', '412 conditionNotMet'],
    ['POST', 'new', 'ifMetagenerationMatch=1', '412 conditionNotMet'],
    ['POST', 'k', 'ifGenerationMatch=latest', '400 invalid'],
    ['GET', 'k', 'ifGenerationMatch=G', '200'],
    ['GET', 'k', 'ifGenerationMatch=5', '412 conditionNotMet'],
    ['GET', 'k', 'ifGenerationNotMatch=G', '304'],
    ['GET', 'k', 'generation=G', '200'],
    ['GET', 'k', 'generation=5', '404 notFound'],
    ['GET', 'new', 'ifGenerationMatch=5', '404 notFound'],
    ['DELETE', 'k', 'ifGenerationMatch=5', '412 conditionNotMet'],
    ['DELETE', 'k', 'ifGenerationMatch=G', '204'],
  ])('%s of %s with %s is %s', async (method, key, condition, expected) => {
    await put('k', 'x');
    const query = condition.replace('=G', `=${server.stored('lake', 'k')?.version}`);
    if (method === 'POST') {
      expect(await verdict(put(key, 'y', `&${query}`))).toBe(expected);
      expect(textAt(key)).toBe(expected === '200' ? 'y' : key === 'k' ? 'x' : undefined);
    } else {
      for (const media of method === 'GET' ? ['', '&alt=media'] : ['']) {
        expect(await verdict(ask(at(key, `?${query}${media}`), { method }))).toBe(expected);
      }
      expect(textAt('k')).toBe(expected === '204' ? undefined : 'x');
    }
  });

  it('come in ranges', async () => {
    await put('k', '0123456789');
    const read = (range: string) => ask(at('k', '?alt=media'), { headers: { range } });
    const part = await read('bytes=2-4');
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
    // The service tells the digest with the whole content only.
    expect(part.headers.get('x-goog-hash')).toBeNull();
    const whole = await ask(at('k', '?alt=media'));
    expect(whole.headers.get('x-goog-hash')).toContain(md5Of('0123456789'));
    expect(await part.text()).toBe('234');
    expect(await (await read('bytes=-3')).text()).toBe('789');
    expect(await verdict(read('bytes=10-'))).toBe('416 requestedRangeNotSatisfiable');
  });

  it('are listed in UTF-8 order and in pages, with common prefixes counted', async () => {
    const keys = ['a/1', 'a/2', 'b', 'c/d/1', '\u{ff5e}', '\u{1f600}'];
    for (const key of [...keys].reverse()) await put(key, 'x');
    interface Page {
      readonly items?: readonly { readonly name: string }[];
      readonly prefixes?: readonly string[];
      readonly nextPageToken?: string;
    }
    const list = async (query: string) => (await (await ask(`/storage/v1/b/lake/o?${query}`)).json()) as Page;
    const names = ({ items = [], prefixes = [] }: Page) => [...prefixes, ...items.map(({ name }) => name)];
    expect(names(await list(''))).toEqual(keys);
    const paged: string[][] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const page: Page = await list(`delimiter=/&maxResults=2&pageToken=${token}`);
      paged.push(names(page));
      token = page.nextPageToken;
    }
    expect(paged).toEqual([['a/', 'b'], ['c/', '\u{ff5e}'], ['\u{1f600}']]);
    expect(names(await list('prefix=a/&fields=items(name)'))).toEqual(['a/1', 'a/2']);
    expect(await list('prefix=none')).toEqual({ kind: 'storage#objects' });
    expect(await verdict(ask('/storage/v1/b/lake/o?pageToken=made-up'))).toBe('400 invalid');
    expect(await verdict(ask('/storage/v1/b/lake/o?startOffset=a'))).toBe('501 notImplemented');
  });

  it('come with buckets', async () => {
    const create = () => ask('/storage/v1/b?project=p', { method: 'POST', body: '{"name":"fresh"}' });
    expect(await verdict(ask('/storage/v1/b/fresh'))).toBe('404 notFound');
    expect(await verdict(create())).toBe('200');
    expect(await verdict(create())).toBe('409 conflict');
    expect(await verdict(ask('/storage/v1/b/fresh'))).toBe('200');
    expect(await verdict(ask('/storage/v1/b/none/o/k'))).toBe('404 notFound');
  });

  it.each([
    '/',
    '/storage/v1',
    '/storage/v1/buckets',
    '/storage/v1/b/lake/o/a/b',
    '/storage/v1/b/lake/o/%ff',
  ])('are not at %s', async (path) => {
    expect(await verdict(ask(path))).toBe('404 notFound');
    expect(server.requests).toMatchObject([{ operation: 'other', key: undefined }]);
  });

  it('are for those who bear the token', async () => {
    const closed = await startObjectServer({ dialect: 'gcs', buckets: ['lake'], bearerToken: 'secret' });
    const read = (headers: Record<string, string>) =>
      verdict(fetch(`${closed.endpoint}${at('k')}`, { headers }));
    expect(await read({})).toBe('401 authError');
    expect(await read({ authorization: 'Bearer other' })).toBe('401 authError');
    expect(await read({ authorization: 'Bearer secret' })).toBe('404 notFound');
    await closed.close();
  });
});

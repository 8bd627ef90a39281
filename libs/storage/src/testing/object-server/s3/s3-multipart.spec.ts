import { createHash } from 'node:crypto';
import { crc32Of, hash, s3Servers, verdict, type Headers } from '../spec-support/s3-servers.js';

const { s3, r2, ask, put, textAt } = await s3Servers();

describe('multipart uploads of S3', () => {
  async function begin(to = s3, headers: Headers = {}): Promise<string> {
    const text = await (await ask('/lake/k?uploads', { method: 'POST', to, headers })).text();
    return /<UploadId>([^<]+)/.exec(text)?.[1] as string;
  }

  function part(
    id: string,
    number: number | string,
    body: string,
    { to = s3, headers = {} } = {},
  ): Promise<Response> {
    return ask(`/lake/k?partNumber=${number}&uploadId=${id}`, { method: 'PUT', body, headers, to });
  }

  function finish(id: string, parts: [number, string][], { to = s3, headers = {} } = {}): Promise<Response> {
    const xml = parts.map(
      ([number, body]) =>
        `<Part><ETag>&quot;${hash('md5', body, 'hex')}&quot;</ETag><PartNumber>${number}</PartNumber></Part>`,
    );
    const body = `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`;
    return ask(`/lake/k?uploadId=${id}`, { method: 'POST', body, headers, to });
  }

  it('become one object', async () => {
    const id = await begin(s3, { 'x-amz-meta-run': '7' });
    expect(s3.openUploads).toBe(1);
    expect((await part(id, 2, 'b')).headers.get('etag')).toBe(`"${hash('md5', 'b', 'hex')}"`);
    await part(id, 1, 'old!');
    await part(id, 1, 'aaaa');
    const text = await (
      await finish(id, [
        [1, 'aaaa'],
        [2, 'b'],
      ])
    ).text();
    const md5s = Buffer.from(hash('md5', 'aaaa', 'hex') + hash('md5', 'b', 'hex'), 'hex');
    const etag = `${createHash('md5').update(md5s).digest('hex')}-2`;
    expect(text).toContain(`<ETag>&quot;${etag}&quot;</ETag>`);
    expect(s3.stored('lake', 'k')).toMatchObject({ metadata: { run: '7' }, version: etag });
    expect(textAt('k')).toBe('aaaab');
    expect(s3.openUploads).toBe(0);
    expect(await verdict(finish(id, [[1, 'aaaa']]))).toBe('404 NoSuchUpload');
    const operations = s3.requests.map(({ operation }) => operation);
    expect([...new Set(operations)]).toEqual(['beginUpload', 'putPart', 'finishUpload']);
  });

  it.each<[string, [number, string][], Headers, string, string]>([
    [
      'parts that are not there',
      [
        [1, 'aaaa'],
        [9, 'b'],
      ],
      {},
      '400 InvalidPart',
      '400 InvalidPart',
    ],
    ['parts of another content', [[1, 'aaab']], {}, '400 InvalidPart', '400 InvalidPart'],
    [
      'parts out of order',
      [
        [2, 'bbbbb'],
        [1, 'aaaa'],
      ],
      {},
      '400 InvalidPartOrder',
      '400 InvalidPartOrder',
    ],
    [
      'a part twice',
      [
        [1, 'aaaa'],
        [1, 'aaaa'],
      ],
      {},
      '400 InvalidPartOrder',
      '400 InvalidPartOrder',
    ],
    [
      'a small part that is not the last',
      [
        [3, 'c'],
        [4, 'dddd'],
      ],
      {},
      '400 EntityTooSmall',
      '400 EntityTooSmall',
    ],
    ['no parts', [], {}, '400 MalformedXML', '400 MalformedXML'],
    [
      'uneven parts',
      [
        [1, 'aaaa'],
        [2, 'bbbbb'],
        [3, 'c'],
      ],
      {},
      '200',
      '400 InvalidPart',
    ],
    [
      'a last part that is larger',
      [
        [1, 'aaaa'],
        [2, 'bbbbb'],
      ],
      {},
      '200',
      '400 InvalidPart',
    ],
    [
      'even parts',
      [
        [1, 'aaaa'],
        [4, 'dddd'],
      ],
      {},
      '200',
      '200',
    ],
    ['one part', [[3, 'c']], {}, '200', '200'],
    [
      'what must be absent',
      [[3, 'c']],
      { 'if-none-match': '*' },
      '412 PreconditionFailed',
      '412 PreconditionFailed',
    ],
    [
      'what must be another',
      [[3, 'c']],
      { 'if-match': '"0"' },
      '412 PreconditionFailed',
      '412 PreconditionFailed',
    ],
  ])('of %s', async (_, parts, headers, ofS3, ofR2) => {
    for (const [to, expected] of [
      [s3, ofS3],
      [r2, ofR2],
    ] as const) {
      await put('k', 'old', {}, to);
      const id = await begin(to);
      for (const [number, body] of Object.entries({ 1: 'aaaa', 2: 'bbbbb', 3: 'c', 4: 'dddd' })) {
        await part(id, number, body, { to });
      }
      expect(await verdict(finish(id, parts, { to, headers }))).toBe(expected);
      const isDone = expected === '200';
      expect(textAt('k', to)).toBe(isDone ? parts.map(([, body]) => body).join('') : 'old');
      expect(to.openUploads).toBe(isDone ? 0 : 1);
    }
  });

  it('can be given up', async () => {
    const id = await begin();
    const giveUp = () => ask(`/lake/k?uploadId=${id}`, { method: 'DELETE' });
    expect(await verdict(giveUp())).toBe('204');
    expect(s3.openUploads).toBe(0);
    expect(await verdict(giveUp())).toBe('404 NoSuchUpload');
    expect(await verdict(part(id, 1, 'x'))).toBe('404 NoSuchUpload');
  });

  it('check their parts', async () => {
    const id = await begin();
    const headers = { 'x-amz-checksum-crc32': crc32Of('other') };
    expect(await verdict(part(id, 1, 'hello', { headers }))).toBe('400 BadDigest');
    expect(await verdict(part(id, 0, 'hello'))).toBe('400 InvalidArgument');
    expect(await verdict(part(id, 10_001, 'hello'))).toBe('400 InvalidArgument');
    expect(await verdict(finish(id, [[1, 'hello']]))).toBe('400 InvalidPart');
  });

  it('with an algorithm want its checksum throughout', async () => {
    const id = await begin(s3, { 'x-amz-checksum-algorithm': 'CRC32' });
    expect(await verdict(part(id, 1, 'hello'))).toBe('400 InvalidRequest');
    await part(id, 1, 'hello', { headers: { 'x-amz-checksum-crc32': crc32Of('hello') } });
    expect(await verdict(finish(id, [[1, 'hello']]))).toBe('400 InvalidRequest');
  });
});

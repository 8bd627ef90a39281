import { hash, s3Servers, verdict } from '../spec-support/s3-servers.js';

const { s3, r2, ask, put } = await s3Servers();

describe('objects of S3', () => {
  it('come back as they were put', async () => {
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-Run': '7' };
    const etag = `"${hash('md5', 'hello', 'hex')}"`;
    expect((await put('a/b%20c+%C3%A9', 'hello', headers)).headers.get('etag')).toBe(etag);
    for (const method of ['HEAD', 'GET']) {
      const response = await ask('/lake/a/b%20c+%C3%A9', { method });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        etag,
        'content-length': '5',
        'content-type': 'text/plain',
        'x-amz-meta-run': '7',
        date: 'Fri, 02 Jan 2026 03:04:05 GMT',
        'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
        'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
      });
      expect(await response.text()).toBe(method === 'GET' ? 'hello' : '');
    }
    expect(s3.stored('lake', 'a/b c+é')).toMatchObject({ metadata: { run: '7' }, contentType: 'text/plain' });
    expect(s3.requests).toMatchObject([
      { index: 0, operation: 'put', method: 'PUT', bucket: 'lake', key: 'a/b c+é', bytesReceived: 5 },
      { index: 1, operation: 'head', key: 'a/b c+é', bytesReceived: 0 },
      { index: 2, operation: 'get' },
    ]);
  });

  it('are kept in history when they are replaced or deleted', async () => {
    await put('k', '1');
    await put('k', '2');
    expect(await verdict(ask('/lake/k', { method: 'DELETE' }))).toBe('204');
    expect(await verdict(ask('/lake/k', { method: 'DELETE' }))).toBe('204');
    expect(s3.stored('lake', 'k')).toBeUndefined();
    expect(s3.history('lake', 'k').map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['1', '2']);
    expect(await verdict(ask('/lake/k'))).toBe('404 NoSuchKey');
    expect(await verdict(ask('/none/k'))).toBe('404 NoSuchBucket');
  });

  it('come with buckets', async () => {
    expect(await verdict(ask('/fresh', { method: 'HEAD' }))).toBe('404');
    expect(await verdict(ask('/fresh', { method: 'PUT' }))).toBe('200');
    expect(await verdict(ask('/fresh', { method: 'HEAD' }))).toBe('200');
  });

  it.each([
    ['PUT', 'k', { 'if-none-match': '*' }, '412 PreconditionFailed', '412 PreconditionFailed'],
    ['PUT', 'new', { 'if-none-match': '*' }, '200', '200'],
    ['PUT', 'k', { 'if-match': '"E"' }, '200', '200'],
    ['PUT', 'k', { 'if-match': 'E' }, '200', '200'],
    ['PUT', 'k', { 'if-match': '"0"' }, '412 PreconditionFailed', '412 PreconditionFailed'],
    ['PUT', 'new', { 'if-match': '"0"' }, '404 NoSuchKey', '412 PreconditionFailed'],
    ['PUT', 'k', { 'if-none-match': '"0"' }, '501 NotImplemented', '200'],
    ['GET', 'k', { 'if-match': '"0"' }, '412 PreconditionFailed', '412 PreconditionFailed'],
    ['GET', 'k', { 'if-match': '"E"' }, '200', '200'],
    ['GET', 'k', { 'if-none-match': '"E"' }, '304', '304'],
    ['DELETE', 'k', { 'if-match': '"0"' }, '412 PreconditionFailed', '501 NotImplemented'],
    ['DELETE', 'new', { 'if-match': '"0"' }, '404 NoSuchKey', '501 NotImplemented'],
    ['DELETE', 'k', { 'if-match': '"E"' }, '204', '501 NotImplemented'],
  ] as const)('%s of %s with %j is %s, and of R2 %s', async (method, key, headers, ofS3, ofR2) => {
    for (const [to, expected] of [
      [s3, ofS3],
      [r2, ofR2],
    ] as const) {
      await put('k', 'x', {}, to);
      const etag = hash('md5', 'x', 'hex');
      const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('E', etag)]);
      const body = method === 'PUT' ? { body: 'y' } : {};
      const asked = ask(`/lake/${key}`, { method, headers: Object.fromEntries(sent), ...body, to });
      expect(await verdict(asked)).toBe(expected);
      expect(to.history('lake', key)).toHaveLength(
        (key === 'k' ? 1 : 0) + (expected === '200' && method === 'PUT' ? 1 : 0),
      );
    }
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('range %s is %d', async (range, status, text, contentRange) => {
    await put('k', '0123456789');
    const response = await ask('/lake/k', { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(await response.text()).toBe(text);
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('range %s is unsatisfiable', async (range) => {
    await put('k', '0123456789');
    expect(await verdict(ask('/lake/k', { headers: { range } }))).toBe('416 InvalidRange');
  });
});

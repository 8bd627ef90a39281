import { request } from 'node:http';
import { gcsServer, md5Of, verdict, type Headers } from '../spec-support/gcs-server.js';

const { server, ask, put, at, textAt } = await gcsServer();

async function begin(
  document: object = {},
  { query = '', headers = {} }: { query?: string; headers?: Headers } = {},
) {
  const response = await ask(`/upload/storage/v1/b/lake/o?uploadType=resumable&name=k${query}`, {
    method: 'POST',
    body: JSON.stringify(document),
    headers,
  });
  expect(response.status).toBe(200);
  return response.headers.get('location') as string;
}

function send(session: string, range: string, body = '', headers: Headers = {}): Promise<Response> {
  return ask(session, { method: 'PUT', body, headers: { 'content-range': `bytes ${range}`, ...headers } });
}

/** The status, and how far the upload is. */
async function progress(sent: Promise<Response>): Promise<string> {
  const { status, headers } = await sent;
  return `${status} ${headers.get('range') ?? ''}`.trim();
}

describe('resumable uploads of GCS', () => {
  it('become one object', async () => {
    const session = await begin({ contentType: 'text/csv', metadata: { run: '7' } });
    expect(new URL(session).origin).toBe(server.endpoint);
    expect(server.openUploads).toBe(1);
    expect(await progress(send(session, '*/*'))).toBe('308');
    expect(await progress(send(session, '0-3/*', 'abcd'))).toBe('308 bytes=0-3');
    expect(await progress(send(session, '*/*'))).toBe('308 bytes=0-3');
    expect(await progress(send(session, '4-7/10', 'efgh'))).toBe('308 bytes=0-7');
    expect(server.stored('lake', 'k')).toBeUndefined();
    const finished = await send(session, '8-9/10', 'ij');
    const document = await finished.json();
    expect([finished.status, document]).toEqual([200, expect.objectContaining({ name: 'k', size: '10' })]);
    expect(server.stored('lake', 'k')).toMatchObject({ metadata: { run: '7' }, contentType: 'text/csv' });
    expect(textAt('k')).toBe('abcdefghij');
    expect(server.openUploads).toBe(0);
    expect(await (await send(session, '*/10')).json()).toEqual(document);
    expect(server.history('lake', 'k')).toHaveLength(1);
    expect(server.requests.map(({ operation, key }) => `${operation} ${key}`)).toEqual([
      'beginUpload k',
      'uploadStatus k',
      'putPart k',
      'uploadStatus k',
      'putPart k',
      'finishUpload k',
      'uploadStatus k',
    ]);
  });

  it.each([
    ['with all of a known size', '0-4/5', 'hello'],
    ['with all of an unknown size', '0-*/*', 'hello'],
    ['up to the end of a known size', '0-*/5', 'hello'],
    ['with nothing', '*/0', ''],
  ])('take one request %s', async (_, range, body) => {
    expect(await progress(send(await begin(), range, body))).toBe('200');
    expect(textAt('k')).toBe(body);
  });

  it('take one request without a range', async () => {
    expect(await progress(ask(await begin(), { method: 'PUT', body: 'hello' }))).toBe('200');
    expect(textAt('k')).toBe('hello');
  });

  it('end when the size turns out to be reached', async () => {
    const session = await begin();
    expect(await progress(send(session, '0-3/*', 'abcd'))).toBe('308 bytes=0-3');
    expect(await progress(send(session, '*/4'))).toBe('200');
    expect(textAt('k')).toBe('abcd');
  });

  it.each([
    ['a chunk of another size', '4-6/20', 'efg', '400 invalid'],
    ['a gap', '8-11/20', 'ijkl', '400 invalid'],
    ['another length than its range', '4-7/20', 'efghi', '400 invalid'],
    ['more than its total', '4-7/6', 'efgh', '400 invalid'],
    ['another total than at the start', '4-7/24', 'efgh', '400 invalid'],
    ['an unreadable range', '4-7', 'efgh', '400 invalid'],
    ['content in a question', '*/20', 'efgh', '400 invalid'],
  ])('refuse %s', async (_, range, body, expected) => {
    const session = await begin({}, { headers: { 'x-upload-content-length': '20' } });
    await send(session, '0-3/20', 'abcd');
    expect(await verdict(send(session, range, body))).toBe(expected);
    expect(await progress(send(session, '*/*'))).toBe('308 bytes=0-3');
    expect(server.openUploads).toBe(1);
  });

  it('do not count bytes twice', async () => {
    const session = await begin();
    await send(session, '0-7/*', 'abcdefgh');
    expect(await progress(send(session, '4-9/10', 'efghij'))).toBe('200');
    expect(textAt('k')).toBe('abcdefghij');
  });

  it('keep whole chunks of what broke off', async () => {
    const session = await begin();
    const upload = request(session, {
      method: 'PUT',
      headers: { 'content-range': 'bytes 0-*/20', 'content-length': 20 },
    });
    upload.on('error', () => undefined);
    upload.write('abcdefghij');
    while (server.requests[1]?.bytesReceived !== 10) await new Promise((resolve) => setTimeout(resolve, 1));
    upload.destroy();
    // The server hears of the end when it hears of it.
    while ((await progress(send(session, '*/20'))) === '308');
    expect(await progress(send(session, '*/20'))).toBe('308 bytes=0-7');
    expect(await progress(send(session, '8-19/20', 'ijklmnopqrst'))).toBe('200');
    expect(textAt('k')).toBe('abcdefghijklmnopqrst');
  });

  it('check their conditions at the start and at the end', async () => {
    const session = await begin({}, { query: '&ifGenerationMatch=0' });
    await put('k', 'first');
    const refused = '412 conditionNotMet';
    expect(await verdict(send(session, '0-4/5', 'later'))).toBe(refused);
    expect(textAt('k')).toBe('first');
    expect(server.openUploads).toBe(0);
    const start = '/upload/storage/v1/b/lake/o?uploadType=resumable&name=k&ifGenerationMatch=0';
    expect(await verdict(ask(start, { method: 'POST' }))).toBe(refused);
  });

  it('check their hashes at the end', async () => {
    const wrong = md5Of('other');
    expect(await verdict(send(await begin({ md5Hash: wrong }), '0-4/5', 'hello'))).toBe('400 invalid');
    const sent = { 'x-goog-hash': `md5=${wrong}` };
    expect(await verdict(send(await begin(), '0-4/5', 'hello', sent))).toBe('400 invalid');
    expect(server.stored('lake', 'k')).toBeUndefined();
    const right = { 'x-goog-hash': `md5=${md5Of('hello')}` };
    expect(await verdict(send(await begin(), '0-4/5', 'hello', right))).toBe('200');
  });

  it('can be given up', async () => {
    const session = await begin();
    expect(await progress(ask(session, { method: 'DELETE' }))).toBe('499');
    expect(server.openUploads).toBe(0);
    expect(await verdict(ask(session, { method: 'DELETE' }))).toBe('404 notFound');
    expect(await verdict(send(session, '0-4/5', 'hello'))).toBe('404 notFound');
    expect(await verdict(ask(at('k')))).toBe('404 notFound');
  });
});

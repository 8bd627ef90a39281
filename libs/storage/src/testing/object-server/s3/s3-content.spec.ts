import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { crc32Of, hash, s3Servers, verdict } from '../spec-support/s3-servers.js';

const { s3, r2, ask, put, textAt } = await s3Servers();

describe('content of S3', () => {
  it.each([
    ['content-md5', hash('md5', 'hello', 'base64'), '200'],
    ['content-md5', hash('md5', 'other', 'base64'), '400 BadDigest'],
    ['content-md5', 'short', '400 InvalidDigest'],
    ['x-amz-checksum-crc32', crc32Of('hello'), '200'],
    ['x-amz-checksum-crc32', crc32Of('other'), '400 BadDigest'],
    ['x-amz-checksum-crc32', 'short', '400 InvalidRequest'],
    ['x-amz-checksum-sha256', hash('sha256', 'other', 'base64'), '400 BadDigest'],
    ['x-amz-checksum-crc64nvme', 'AAAAAAAAAAA=', '501 NotImplemented'],
    ['x-amz-content-sha256', hash('sha256', 'hello', 'hex'), '200'],
    ['x-amz-content-sha256', hash('sha256', 'other', 'hex'), '400 XAmzContentSHA256Mismatch'],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD', '200'],
    ['x-amz-copy-source', '/lake/other', '501 NotImplemented'],
    ['content-encoding', 'aws-chunked', '400 InvalidRequest'],
    ['x-amz-meta-large', 'x'.repeat(2100), '400 MetadataTooLarge'],
  ])('%s: %s is %s', async (name, value, expected) => {
    expect(await verdict(put('k', 'hello', { [name]: value }))).toBe(expected);
    expect(textAt('k')).toBe(expected === '200' ? 'hello' : undefined);
  });

  const framed = `3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:${crc32Of('hello')}\r\n\r\n`;
  it.each([
    ['as it must be', framed, '5', '200'],
    ['with another checksum', framed.replace('hel', 'hal'), '5', '400 BadDigest'],
    ['of another length', framed, '6', '400 IncompleteBody'],
    ['without the trailer', '5\r\nhello\r\n0\r\n\r\n', '5', '400 MalformedTrailerError'],
    ['that ends early', '5\r\nhel', '5', '400 IncompleteBody'],
  ])('takes an aws-chunked body %s', async (_, body, length, expected) => {
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': length,
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    expect(await verdict(put('k', body, headers))).toBe(expected);
    expect(textAt('k')).toBe(expected === '200' ? 'hello' : undefined);
    expect(await verdict(put('k', body, headers, r2))).toBe('501 NotImplemented');
  });

  it('that breaks off is not stored', async () => {
    const upload = request(`${s3.endpoint}/lake/k`, { method: 'PUT', headers: { 'content-length': 10 } });
    upload.on('error', () => undefined);
    upload.write('hello');
    while (s3.requests[0]?.bytesReceived !== 5) await new Promise((resolve) => setTimeout(resolve, 1));
    upload.destroy();
    expect(await verdict(ask('/lake/k'))).toBe('404 NoSuchKey');
    expect(s3.history('lake', 'k')).toEqual([]);
  });

  it('without a length is refused', async () => {
    const upload = request(`${s3.endpoint}/lake/k`, { method: 'PUT' });
    upload.write('hello');
    upload.end();
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(501);
  });

  it('is checked again by clients when they ask', async () => {
    await put('k', 'hello', { 'x-amz-checksum-crc32': crc32Of('hello') });
    const response = await ask('/lake/k', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    expect(response.headers.get('x-amz-checksum-crc32')).toBe(crc32Of('hello'));
  });
});

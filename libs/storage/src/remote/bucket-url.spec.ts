import { errorText } from '@ticklake/core';
import { parseBucketUrl } from './bucket-url.js';

const parse = (url: string) => parseBucketUrl(url, { scheme: 's3', known: ['region', 'endpoint'] });

describe('the url of a bucket', () => {
  it.each([
    ['s3://lake', 'lake', '', {}],
    ['s3://lake/', 'lake', '', {}],
    ['S3://my.lake-1/a/b/', 'my.lake-1', 'a/b/', {}],
    ['s3://lake/a%20b/c%23', 'lake', 'a b/c#/', {}],
    ['s3://lake/exchange=x', 'lake', 'exchange=x/', {}],
    ['s3://lake?region=eu-west-1', 'lake', '', { region: 'eu-west-1' }],
    [
      's3://lake/p?endpoint=http://127.0.0.1:9000&region=x',
      'lake',
      'p/',
      { endpoint: 'http://127.0.0.1:9000', region: 'x' },
    ],
  ])('%s', (url, bucket, prefix, parameters) => {
    expect(parse(url)).toEqual({ bucket, prefix, parameters });
  });

  it.each([
    's3://key:secret@lake/prefix',
    's3:secret',
    's3:///secret',
    's3://Secret',
    's3://lake/secret//a',
    's3://lake/../secret',
    's3://lake/%2e%2e/secret',
    's3://lake/%E0%A4%A/secret',
    's3://lake/a?secret=1',
    's3://lake/a?region=',
    's3://lake/a?region=secret&region=secret',
    's3://lake/a#secret',
    'gs://secret',
  ])('refuses %s without repeating it', (url) => {
    const refusal = (() => {
      try {
        return parse(url);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ kind: 'invalid' });
    // A key that is refused is shown, as everywhere: it is no place for secrets.
    if ((refusal as { code?: string }).code === 'URL') expect(errorText(refusal)).not.toContain('ecret');
  });
});

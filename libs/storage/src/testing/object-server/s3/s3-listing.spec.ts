import { s3Servers, verdict } from '../spec-support/s3-servers.js';

const { ask, put } = await s3Servers();

describe('lists of S3', () => {
  async function list(query: string): Promise<{ names: string[]; text: string; next: string | undefined }> {
    const text = await (await ask(`/lake?list-type=2&${query}`)).text();
    const found = text.matchAll(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)/g);
    const [, next] = /<NextContinuationToken>([^<]+)/.exec(text) ?? [];
    return { names: [...found].map(([, name]) => name as string), text, next };
  }

  it('are in UTF-8 order and come in pages, with common prefixes counted', async () => {
    const keys = ['a/1', 'a/2', 'b', 'c/d/1', '\u{ff5e}', '\u{1f600}'];
    for (const key of [...keys].reverse()) await put(encodeURIComponent(key), 'x');
    expect((await list('')).names).toEqual(keys);
    const paged: string[][] = [];
    let token = '';
    do {
      const { names, text, next = '' } = await list(`delimiter=/&max-keys=2${token}`);
      expect(text).toContain(`<KeyCount>${names.length}</KeyCount>`);
      expect(text).toContain(`<IsTruncated>${next !== ''}</IsTruncated>`);
      paged.push(names);
      token = next === '' ? '' : `&continuation-token=${next}`;
    } while (token !== '');
    expect(paged).toEqual([['a/', 'b'], ['c/', '\u{ff5e}'], ['\u{1f600}']]);
    expect((await list('prefix=a/&delimiter=/')).names).toEqual(['a/1', 'a/2']);
    expect((await list('start-after=a/1&delimiter=/')).names[0]).toBe('a/');
    expect((await list('start-after=a/2&delimiter=/')).names[0]).toBe('b');
    expect((await list('max-keys=0')).names).toEqual([]);
  });

  it('escape names', async () => {
    await put(encodeURIComponent('a/ +&<~(*)\t%'), 'x');
    expect((await list('')).names).toEqual(['a/ +&amp;&lt;~(*)&#x9;%']);
    expect((await list('encoding-type=url')).names).toEqual(['a/+%2B%26%3C%7E%28*%29%09%25']);
  });

  it.each([
    ['list-type=2&continuation-token=made-up', '400 InvalidArgument'],
    ['list-type=2&max-keys=many', '400 InvalidArgument'],
    ['list-type=2&encoding-type=base64', '400 InvalidArgument'],
    ['list-type=2&versions', '501 NotImplemented'],
    ['prefix=first-version', '501 NotImplemented'],
  ])('refuse %s', async (query, expected) => {
    expect(await verdict(ask(`/lake?${query}`))).toBe(expected);
  });
});

import { createRedactor } from './redact.js';

const redact = createRedactor(
  {
    AWS_SECRET_ACCESS_KEY: 'abc/def+ghi=',
    MY_TOKEN: 'tiny',
    HOME: '/srv/lake',
    R2_TOKEN: 'long-token-value',
  },
  ['pass"word', 'long-token'],
);

describe('createRedactor', () => {
  it.each([
    ['key abc/def+ghi= used', 'key *** used'],
    ['{"x":"pass\\"word"}', '{"x":"***"}'],
    ['?q=abc%2Fdef%2Bghi%3D', '?q=***'],
    ['long-token-value', '***'],
    ['s3://user:pass@bucket/prefix', 's3://***@bucket/prefix'],
    ['https://h/x?X-Amz-Signature=0a1b&b=2', 'https://h/x?X-Amz-Signature=***&b=2'],
    ['https://h/x?a=1&token=zzz#f', 'https://h/x?a=1&token=***#f'],
    ['id AKIAABCDEFGHIJKLMNOP.', 'id ***.'],
    ['Authorization: Bearer abc.def', 'Authorization: ***'],
    ['{"authorization":"AWS4-HMAC-SHA256 Credential=x"}', '{"authorization":"***"}'],
  ])('%s', (text, clean) => expect(redact(text)).toBe(clean));

  it.each([
    's3://bucket/exchange=binance/stream=bbo/a@b',
    'file:///srv/lake/x.parquet',
    'tiny steps',
    'key=exchange=binance/date=20260203',
    'BINANCE:SPOT_PAIR:BTC-USDT',
  ])('leaves %s alone', (text) => expect(redact(text)).toBe(text));
});

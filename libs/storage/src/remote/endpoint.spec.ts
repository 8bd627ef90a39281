import { errorText } from '@ticklake/core';
import { guardedLookup, parseEndpoint, parseHookUrl } from './endpoint.js';

describe('an endpoint', () => {
  it.each([
    'https://s3.eu-west-1.amazonaws.com',
    'https://account.r2.cloudflarestorage.com/',
    'https://minio.example:9000/base',
    'https://10.0.0.5:9000',
    'http://127.0.0.1:9000',
    'http://127.8.9.1',
    'http://localhost:4443',
    'http://[::1]:9000',
  ])('may be %s', (text) => {
    expect(parseEndpoint(text).href).toBe(new URL(text).href);
  });

  it.each([
    'secret',
    'http://secret.example',
    'http://10.0.0.5:9000/secret',
    'ftp://127.0.0.1/secret',
    'file:///secret',
    'https://user:secret@host',
    'https://secret@host',
    'https://host/?token=secret',
    'https://host/#secret',
    'https://169.254.169.254/secret',
    'http://169.254.169.254/secret',
    'https://169.254.1.1/secret',
    'https://2852039166/secret',
    'https://0xa9fea9fe/secret',
    'https://[fe80::1]/secret',
    'https://[fd00:ec2::254]/secret',
    'https://[::ffff:169.254.169.254]/secret',
    'https://[::ffff:a9fe:a9fe]/secret',
    'https://[::]/secret',
    'http://0.0.0.0/secret',
    'https://100.100.100.200/secret',
    'https://168.63.129.16/secret',
    'https://[fd20:ce::254]/secret',
    'https://[64:ff9b::a9fe:a9fe]/secret',
    'https://metadata.google.internal/secret',
    'https://METADATA.google.internal./secret',
    'https://instance-data/secret',
  ])('may not be %s, which is not repeated', (text) => {
    const refusal = (() => {
      try {
        return parseEndpoint(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'ENDPOINT' });
    expect(errorText(refusal)).not.toContain('secret');
  });
});

describe('the address of a webhook', () => {
  it.each([
    'https://hooks.example/services/T0/B0/x?sig=y&z=1',
    'http://127.0.0.1:9000/x',
    'https://10.0.0.5/x',
  ])('may be %s', (text) => expect(parseHookUrl(text).href).toBe(text));

  it.each([
    'secret',
    'http://secret.example/hook',
    'http://10.0.0.5/secret',
    'file:///secret',
    'https://user:secret@host/',
    'https://host/#secret',
    'https://169.254.169.254/secret',
    'https://metadata.google.internal/secret',
  ])('may not be %s, which is not repeated', (text) => {
    const refusal = (() => {
      try {
        return parseHookUrl(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'ENDPOINT' });
    expect(errorText(refusal)).not.toContain('secret');
  });
});

describe('the lookup of an endpoint', () => {
  const lookup = (host: string, all: boolean) =>
    new Promise((resolve, reject) =>
      guardedLookup(host, { all }, (error, address) => (error === null ? resolve(address) : reject(error))),
    );

  it.each([true, false])('finds this machine (all: %s)', async (all) => {
    const found = await lookup('localhost', all);
    expect(JSON.stringify(found)).toMatch(/127\.0\.0\.1|::1/);
  });

  it.each([true, false])(
    'refuses names that lead to where machines are told secrets (all: %s)',
    async (all) => {
      // Written as an address, but in a form that only the resolver understands.
      await expect(lookup('169.254.169.254', all)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'ENDPOINT',
      });
    },
  );

  it('tells what is not found', async () => {
    await expect(lookup('no-such-host.invalid', false)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
  });
});

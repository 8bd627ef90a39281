import { join } from 'node:path';
import { isLakeError } from '@ticklake/core';
import { splitLocation } from './open-object.js';

describe('the place of an object', () => {
  it.each([
    ['/data/lake/a.parquet', '/data/lake', 'a.parquet'],
    ['/a.parquet', '/', 'a.parquet'],
    ['/data/exchange=x/50%25 a.parquet', '/data/exchange=x', '50%25 a.parquet'],
    ['a.parquet', process.cwd(), 'a.parquet'],
    ['b/a.parquet', join(process.cwd(), 'b'), 'a.parquet'],
    ['file:///data/a.parquet', 'file:///data', 'a.parquet'],
    ['file:///a.parquet', 'file:///', 'a.parquet'],
    ['s3://bucket/a.parquet', 's3://bucket', 'a.parquet'],
    ['s3://bucket/exchange%3Dx/a%20b.parquet', 's3://bucket/exchange%3Dx', 'a b.parquet'],
    ['gs://bucket/x/a.parquet?endpoint=http://h/p', 'gs://bucket/x?endpoint=http://h/p', 'a.parquet'],
  ])('%s', (location, store, key) => expect(splitLocation(location)).toEqual({ store, key }));

  it.each([
    '',
    '/',
    '/data/',
    's3://bucket',
    's3://bucket/',
    's3://bucket/x/',
    'file:///',
    'memory:',
    's3://b/%ff',
  ])('is none in %j', (location) => {
    let error: unknown;
    try {
      splitLocation(location);
    } catch (thrown) {
      error = thrown;
    }
    expect(isLakeError(error, 'invalid')).toBe(true);
  });
});

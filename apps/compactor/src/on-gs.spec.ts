import { startObjectServer } from '@ticklake/storage/testing';
import { describeOnBackend } from './testing/describe-on-backend.js';

// A server of our own that speaks the JSON API; no Google is involved.
const server = await startObjectServer({ dialect: 'gcs', buckets: ['lake'] });
afterAll(() => server.close());

await describeOnBackend('gs', { urlOf: (name) => `gs://lake/${name}?endpoint=${server.endpoint}`, env: {} });

import { countRequests, REQUEST_PRICES } from './count-requests.js';

it('adds up requests and their price', () => {
  const { onRequest, totals, cost } = countRequests();
  const event = { sentBytes: 0, receivedBytes: 0, hasFailed: false };
  for (let i = 0; i < 2000; i++) onRequest({ ...event, verb: 'get', receivedBytes: 1_000_000 });
  onRequest({ ...event, verb: 'put', sentBytes: 10 });
  onRequest({ ...event, verb: 'put', sentBytes: 10, hasFailed: true });
  onRequest({ ...event, verb: 'list' });
  onRequest({ ...event, verb: 'delete' });
  expect(totals()).toEqual({
    get: { count: 2000, failed: 0, sentBytes: 0, receivedBytes: 2_000_000_000 },
    put: { count: 2, failed: 1, sentBytes: 20, receivedBytes: 0 },
    list: { count: 1, failed: 0, sentBytes: 0, receivedBytes: 0 },
    delete: { count: 1, failed: 0, sentBytes: 0, receivedBytes: 0 },
  });
  expect(cost(REQUEST_PRICES.s3)).toBeCloseTo(2 * 0.0004 + 3 * 0.000005 + 2 * 0.09, 10);
  expect(cost(REQUEST_PRICES.r2)).toBeCloseTo(2 * 0.00036 + 3 * 0.0000045, 10);
});

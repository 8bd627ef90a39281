import {
  classifyRequests,
  countRequests,
  priceOfRequests,
  REQUEST_PRICES,
  sumRequests,
} from './count-requests.js';

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

it('sorts requests as they are billed, and adds up those of several', () => {
  const [a, b] = [countRequests(), countRequests()];
  const event = { sentBytes: 1, receivedBytes: 2, hasFailed: false };
  for (const verb of ['list', 'head', 'get', 'put', 'finishUpload', 'delete', 'abandonUpload'] as const) {
    a.onRequest({ ...event, verb });
  }
  b.onRequest({ ...event, verb: 'get', hasFailed: true });
  const sum = sumRequests([a.totals(), b.totals(), {}]);
  expect(sum.get).toEqual({ count: 2, failed: 1, sentBytes: 2, receivedBytes: 4 });
  expect(classifyRequests(sum)).toEqual({ lists: 1, reads: 3, writes: 2 });
  expect(priceOfRequests(classifyRequests(sum), REQUEST_PRICES.gs)).toBeCloseTo(
    3 * 0.000005 + 3 * 0.0000004,
    12,
  );
  expect(classifyRequests({})).toEqual({ lists: 0, reads: 0, writes: 0 });
});

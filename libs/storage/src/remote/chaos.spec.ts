import { runChaos } from '../testing/index.js';

// A part of `npm run chaos`, which runs all.
it.each(['s3', 'r2', 'gcs'] as const)('keeps its promises whatever a server of %s does', async (dialect) => {
  const report = await runChaos({ dialect, every: 23 });
  expect(report).toMatchObject({ violations: [], hangs: [] });
  expect(report.scenarios).toBeGreaterThan(100);
  expect(report.succeeded).toBeGreaterThan(report.scenarios / 2);
  expect(report.worst.amplification).toBeLessThanOrEqual(3);
});

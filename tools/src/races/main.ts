// `npm run races [-- --rounds N --write]`: processes of the built compactor on one spool and one lake, all at once.
import { errorText, systemClock } from '@ticklake/core';
import { createBucket, startObjectServer } from '@ticklake/storage/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable } from '../bench/markdown-table.js';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { makeCourseSpool, runAlone, runRounds, type Course, type RaceReport } from './run-rounds.js';

const COUNTS = [2, 4, 8];
const COLUMNS = ['store', 'processes', 'rounds', 'reads meanwhile', 'violations'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    write: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'ticklake-races-'));
try {
  await races();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function races(): Promise<void> {
  const startMs = systemClock.nowMs();
  const s3 = await s3Course();
  const reports: RaceReport[] = [];
  try {
    for (const course of [diskCourse(), s3.course]) {
      await makeCourseSpool(course);
      const alone = await runAlone(course);
      for (const count of COUNTS) {
        reports.push(await runRounds(course, { count, rounds: Number(values.rounds), alone }));
      }
    }
  } finally {
    await s3.close();
  }
  const rows = reports.map(({ course, racers, rounds, reads, violations }) =>
    [course, racers, rounds, reads, violations.length].map(String),
  );
  const took = `${((systemClock.nowMs() - startMs) / 1000).toFixed(0)} s. ${machineFacts()}`;
  const text = `${markdownTable(COLUMNS, rows)}\n\n${took}\n`;
  process.stdout.write(text);
  const violations = reports.flatMap((report) => report.violations);
  for (const line of violations) process.stderr.write(`broken: ${line}\n`);
  if (violations.length > 0) process.exitCode = 1;
  if (values.write) await keepResults('races', 'Races', text);
}

function diskCourse(): Course {
  return { name: 'local disk', urlOf: (name) => pathToFileURL(join(folder, name)).href, env: {}, folder };
}

/** The real server where there is one, or else one of our own in this process, over the network all the same. */
async function s3Course(): Promise<{ readonly course: Course; close(): Promise<void> }> {
  const real = process.env['TICKLAKE_S3_ENDPOINT'];
  const credentials = {
    accessKeyId: process.env['TICKLAKE_S3_ACCESS_KEY_ID'] ?? 'AKIDEXAMPLE',
    secretAccessKey: process.env['TICKLAKE_S3_SECRET_ACCESS_KEY'] ?? 'not-a-secret-of-anyone',
  };
  const bucket = `ticklake-${randomUUID()}`;
  const own =
    real === undefined
      ? await startObjectServer({ dialect: 's3', buckets: [bucket], credentials })
      : undefined;
  const endpoint = real ?? own?.endpoint ?? '';
  if (real !== undefined) await createBucket(bucket, { endpoint, credentials });
  return {
    course: {
      name: own === undefined ? 'S3' : 'S3 of our own',
      urlOf: (name) => `s3://${bucket}/${name}?endpoint=${endpoint}`,
      env: { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      folder,
    },
    close: async () => own?.close(),
  };
}

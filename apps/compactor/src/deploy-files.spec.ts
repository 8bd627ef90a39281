import { readFileSync } from 'node:fs';
import { describeConfig } from '@ticklake/cli-kit';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { app } from './app.js';

const text = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8');

/** What of a Kubernetes CronJob the deployment rests on. Strict where a misspelt key would be ignored without a word. */
const quantity = z.string().regex(/^\d+(Ki|Mi|Gi)?$/);
const container = z.strictObject({
  name: z.literal('compactor'),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()),
  envFrom: z.tuple([
    z.strictObject({ configMapRef: z.strictObject({ name: z.string() }) }),
    z.strictObject({ secretRef: z.strictObject({ name: z.string() }) }),
  ]),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: z.string(), memory: quantity }),
    limits: z.strictObject({ memory: quantity }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.tuple([z.strictObject({ name: z.literal('scratch'), mountPath: z.literal('/scratch') })]),
});
const pod = z.strictObject({
  restartPolicy: z.literal('Never'),
  terminationGracePeriodSeconds: z.int().min(30),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(1000),
    runAsGroup: z.literal(1000),
    fsGroup: z.literal(1000),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([container]),
  volumes: z.tuple([
    z.strictObject({ name: z.literal('scratch'), emptyDir: z.strictObject({ sizeLimit: quantity }) }),
  ]),
});
const rule = z.union([
  z.strictObject({
    action: z.literal('Ignore'),
    onPodConditions: z.array(z.strictObject({ type: z.literal('DisruptionTarget') })),
  }),
  z.strictObject({
    action: z.enum(['FailJob', 'FailIndex']),
    onExitCodes: z.strictObject({
      containerName: z.literal('compactor'),
      operator: z.literal('In'),
      values: z.array(z.int()),
    }),
  }),
]);
const cronJob = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('CronJob'),
  metadata: z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  spec: z.strictObject({
    schedule: z.literal('30 2 * * *'),
    timeZone: z.literal('Etc/UTC'),
    concurrencyPolicy: z.literal('Forbid'),
    startingDeadlineSeconds: z.int().positive(),
    successfulJobsHistoryLimit: z.int(),
    failedJobsHistoryLimit: z.int(),
    jobTemplate: z.strictObject({
      spec: z.strictObject({
        backoffLimit: z.int().optional(),
        completionMode: z.literal('Indexed').optional(),
        completions: z.int().optional(),
        parallelism: z.int().optional(),
        backoffLimitPerIndex: z.int().optional(),
        activeDeadlineSeconds: z.int().positive(),
        podFailurePolicy: z.strictObject({ rules: z.array(rule) }),
        template: z.strictObject({
          metadata: z.strictObject({ labels: z.record(z.string(), z.string()) }),
          spec: pod,
        }),
      }),
    }),
  }),
});

function readCronJob(name: string) {
  const document = parseDocument(text(`kubernetes/${name}`), { strict: true, uniqueKeys: true });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  const { jobTemplate } = cronJob.parse(document.toJS()).spec;
  return jobTemplate.spec;
}

describe('the Kubernetes manifests', () => {
  it('are a CronJob that runs the program', () => {
    const job = readCronJob('cronjob.yaml');
    expect(job.template.spec.containers[0]).toMatchObject({ args: ['run'] });
    expect(job.completionMode).toBeUndefined();
  });

  it('have a variant of as many shards as its command says', () => {
    const job = readCronJob('cronjob-sharded.yaml');
    const [script] = job.template.spec.containers[0].args;
    const shards = Number(/--shard "\$\(\(JOB_COMPLETION_INDEX \+ 1\)\)\/(\d+)"$/.exec(script ?? '')?.[1]);
    expect(job).toMatchObject({ completionMode: 'Indexed', completions: shards, parallelism: shards });
  });

  it.each(['cronjob.yaml', 'cronjob-sharded.yaml'])(
    'of %s leave a drained node and what may pass another attempt',
    (name) => {
      const codes = readCronJob(name).podFailurePolicy.rules.flatMap((each) =>
        'onExitCodes' in each ? each.onExitCodes.values : [],
      );
      // The same as in the systemd unit.
      const unit = /^RestartPreventExitStatus=(.*)$/m.exec(text('ticklake-compactor.service'))?.[1];
      expect(codes).toEqual(unit?.split(' ').map(Number));
    },
  );
});

describe('the crontab', () => {
  const lines = text('crontab').split('\n');

  it('is in UTC before its first job', () => {
    expect(lines.indexOf('CRON_TZ=UTC')).toBeGreaterThan(-1);
    expect(lines.indexOf('CRON_TZ=UTC')).toBeLessThan(lines.findIndex((line) => /^\d/.test(line)));
  });

  it.each(lines.filter((line) => /^(# )?\d/.test(line)))(
    'has a job of five times, an account and a lock: %s',
    (line) => {
      const job = /^(?:# )?(\d+) (\d+) \* \* (\*|[0-7]) deploy (.+)$/.exec(line);
      expect(job).not.toBeNull();
      const [, minute, hour, , command] = job ?? [];
      expect(Number(minute)).toBeLessThan(60);
      expect(Number(hour)).toBeLessThan(24);
      expect(command).toContain(' flock --nonblock ');
      // A percent sign ends the command and begins its input.
      expect(command).not.toContain('%');
    },
  );
});

it.each(['ticklake-compactor.service', 'ticklake-compactor-scrub.service'])(
  '%s runs a command that there is',
  (name) => {
    const command = /^ExecStart=\S+ (\S+)$/m.exec(text(name))?.[1];
    expect(Object.keys(app.commands)).toContain(command);
  },
);

it('compactor.env names only settings that there are', () => {
  const known = Object.values(app.commands).flatMap(({ config }) => describeConfig(config));
  const variables = new Set(known.map(({ variable }) => variable));
  const named = [...text('compactor.env').matchAll(/^(?:# )?(TICKLAKE_\w+)=/gm)].map(
    ([, name]) => name ?? '',
  );
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(variables).toContain(name);
});

describe('the container', () => {
  const lines = text('Containerfile').split('\n');

  it('is built in one image and runs in another of the same Node, not as root', () => {
    const bases = lines.filter((line) => line.startsWith('FROM '));
    expect(bases).toHaveLength(2);
    expect(new Set(bases.map((line) => line.split(' ')[1])).size).toBe(1);
    expect(bases[0]).toMatch(/node:\d+-bookworm-slim AS build$/);
    expect(lines).toContain('USER 1000:1000');
    expect(lines).toContain('ENTRYPOINT ["ticklake-compactor"]');
  });
});

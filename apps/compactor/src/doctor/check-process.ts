import { fail, ok, sizeOf, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import type { HostFacts } from './host-facts.js';

/** As `engines` of the package says; a test holds it to that. */
export const NODE_MIN = '20.19';
/** Descriptors beside those of spool files: the program, its processes, connections. */
const OTHER_FILES = 128;
/** What the run itself takes beside its workers. */
const PROGRAM_BYTES = 256 * 1024 ** 2;

/** Node, the number of files and the memory that a run would find. */
export const processChecks: readonly Check[] = [
  { name: 'node', look: ({ facts }) => Promise.resolve([checkNode(facts.nodeVersion)]) },
  { name: 'open files', look: checkOpenFiles },
  { name: 'memory', look: checkMemory },
];

function checkNode(version: string): Diagnosis {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [majorMin = 0, minorMin = 0] = NODE_MIN.split('.').map(Number);
  const isEnough = major > majorMin || (major === majorMin && minor >= minorMin);
  return isEnough
    ? ok('node', version)
    : fail('node', `${version} is older than ${NODE_MIN}`, `install Node ${NODE_MIN} or a later one`);
}

async function checkOpenFiles({ config, facts }: DoctorContext): Promise<Diagnosis[]> {
  const text = await facts.readText('/proc/self/limits');
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(text ?? '')?.[1];
  if (limit === undefined) return [ok('open files', 'the limit cannot be read here; ulimit -n shows it')];
  // Threads share the descriptors of their process, isolated workers have their own.
  const needed = config.openMax * (config.isolate ? 1 : config.workers) + OTHER_FILES;
  const found = `limit ${limit}, --open-max ${config.openMax} may take ${needed}`;
  if (limit === 'unlimited' || Number(limit) >= needed) return [ok('open files', found)];
  return [
    warn(
      'open files',
      found,
      `ulimit -n ${needed}, LimitNOFILE=${needed} in the unit, or a smaller --open-max`,
    ),
  ];
}

async function checkMemory({ config, facts }: DoctorContext): Promise<Diagnosis[]> {
  const { memory, workers, isolate, isolateMemory } = config;
  const needed = memory + (isolate ? workers * isolateMemory : 0) + PROGRAM_BYTES;
  const limit = await memoryLimit(facts);
  const available = await availableMemory(facts);
  const found = [
    `a run may take ${sizeOf(needed)}`,
    limit === undefined
      ? 'no limit of a control group'
      : `the limit of its control group is ${sizeOf(limit)}`,
    available === undefined ? 'free memory is unknown' : `${sizeOf(available)} are free`,
  ].join(', ');
  const fix =
    'a smaller --memory, --workers or --isolate-memory, or a larger MemoryMax= (memory limit of the container)';
  if (limit !== undefined && limit < memory) return [fail('memory', found, fix)];
  if (limit !== undefined && limit < needed) return [warn('memory', found, fix)];
  if (available !== undefined && available < needed) {
    return [
      warn(
        'memory',
        found,
        'a smaller --memory or --workers, or end what takes the memory: ps aux --sort=-rss | head',
      ),
    ];
  }
  return [ok('memory', found)];
}

/** Bytes; the smallest `memory.max` (cgroup v2) on the way up from this process. */
async function memoryLimit(facts: HostFacts): Promise<number | undefined> {
  const path = /^0::(\/.*)$/m.exec((await facts.readText('/proc/self/cgroup')) ?? '')?.[1];
  if (path === undefined) return undefined;
  const names = path.split('/').filter((name) => name !== '');
  let limit: number | undefined;
  for (let depth = names.length; depth >= 0; depth--) {
    const directory = ['/sys/fs/cgroup', ...names.slice(0, depth)].join('/');
    const text = (await facts.readText(`${directory}/memory.max`))?.trim();
    if (text !== undefined && /^\d+$/.test(text)) limit = Math.min(limit ?? Infinity, Number(text));
  }
  return limit;
}

async function availableMemory(facts: HostFacts): Promise<number | undefined> {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec((await facts.readText('/proc/meminfo')) ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

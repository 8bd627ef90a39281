import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Who made a temporary or a lock, told so that somebody else can find out whether it still runs.
 * Written as text by {@link formatOwner}; every part is made of letters and digits.
 */
export interface Owner {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; tells a reused pid apart. `0` where /proc is absent. */
  readonly startTicks: string;
  /** Digest of boot id and pid namespace: within one world a pid means one process. */
  readonly world: string;
  /** Digest that differs for every copy of this module, so that threads of one process are told apart. */
  readonly instance: string;
}

/** This process, as others see it. */
export function thisOwner(): Owner {
  return (self ??= {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '0',
    world: worldDigest(),
    instance: randomBytes(6).toString('hex'),
  });
}

/** `true` or `false` when the process table knows; `undefined` for another boot, container or host. */
export function isAlive(owner: Owner): boolean | undefined {
  const here = thisOwner();
  if (owner.world !== here.world) return undefined;
  if (here.startTicks === '0') return pidExists(owner.pid);
  return startTicksOf(owner.pid) === owner.startTicks;
}

/** One line that {@link parseOwner} reads back, with `token` to tell its uses apart. */
export function formatOwner(owner: Owner, token: string): string {
  return `${owner.pid}-${owner.startTicks}-${token}-${owner.world}-${owner.instance}`;
}

/** `undefined` when `text` was not written by {@link formatOwner}. */
export function parseOwner(text: string): { readonly owner: Owner; readonly token: string } | undefined {
  const parts = /^(\d+)-(\w+)-([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)$/.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const [pid = '', startTicks = '', token = '', world = '', instance = ''] = parts;
  return { owner: { pid: Number(pid), startTicks, world, instance }, token };
}

/** This process as one line of text, for documents that tell others who is at work, e.g. a lease. */
export function ownerText(): string {
  return formatOwner(thisOwner(), randomToken());
}

/**
 * Whether the process that wrote `text` with {@link ownerText} still runs; `undefined` when that cannot be known from
 * here: another host, container or boot, or text of another kind.
 */
export function isOwnerAlive(text: string): boolean | undefined {
  const parsed = parseOwner(text);
  return parsed === undefined ? undefined : isAlive(parsed.owner);
}

/** A name nobody else has: `.tmp-<pid>-<startTicks>-<random>-<world>-<instance>-<purpose>`. Never listed. */
export function temporaryName(owner: Owner, purpose: 'put' | 'scratch'): string {
  return `.tmp-${formatOwner(owner, randomToken())}-${purpose}`;
}

/** Who made the temporary of this name; `undefined` when it is not one of ours. */
export function ownerOfTemporary(name: string): Owner | undefined {
  const match = /^\.tmp-(.+)-(?:put|scratch)$/.exec(name);
  return match === null ? undefined : parseOwner(match[1] as string)?.owner;
}

/** 64 random bits in hexadecimal. */
export function randomToken(): string {
  return randomBytes(8).toString('hex');
}

let self: Owner | undefined;

/**
 * Field 22 of /proc/<pid>/stat; the second field is the command in brackets and may itself hold anything. A process that
 * has ended and was not yet waited for (`Z`, `X`) still has a line there, but does nothing any more.
 */
function startTicksOf(pid: number): string | undefined {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is somebody else's.
    return (error as { code?: string }).code === 'EPERM';
  }
}

function worldDigest(): string {
  const boot = readText('/proc/sys/kernel/random/boot_id') ?? 'no boot id';
  let namespace = 'no namespace';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Without /proc there is one namespace as far as anybody can tell.
  }
  return createHash('sha256').update(`${boot}\n${namespace}`).digest('hex').slice(0, 12);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

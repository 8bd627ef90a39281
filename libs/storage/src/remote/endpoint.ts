import { LakeError } from '@ticklake/core';
import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** Names under which clouds tell their machines secrets. */
const METADATA_HOSTS = new Set([
  'metadata',
  'metadata.google.internal',
  'instance-data',
  'metadata.azure.com',
]);

/**
 * `text` as the endpoint of a service: `https`, or `http` on this machine only; no credentials, query or fragment in it; no address that
 * a cloud keeps for telling machines their secrets.
 *
 * @throws LakeError `invalid` (`ENDPOINT`); the text is not repeated, it may hold credentials.
 */
export function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw refused('an endpoint is written https://host');
  if (url.username + url.password + url.search + url.hash !== '') {
    throw refused('an endpoint is a scheme, a host and a path, nothing else');
  }
  requireSafeUrl(url, 'an endpoint');
  return url;
}

/**
 * `text` as an address that something is told at, such as a webhook: as {@link parseEndpoint}, but with a query, where such addresses
 * carry what they are known by.
 *
 * @throws LakeError `invalid` (`ENDPOINT`); the text is not repeated, all of it may be secret.
 */
export function parseHookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw refused('the address of a webhook is written https://host/path');
  if (url.username + url.password + url.hash !== '') {
    throw refused('the address of a webhook is a scheme, a host, a path and a query, nothing else');
  }
  requireSafeUrl(url, 'a webhook');
  return url;
}

/** @throws LakeError `invalid` (`ENDPOINT`) where `url` leads to what a cloud tells its machines, or over a network in plain text. */
function requireSafeUrl(url: URL, what: string): void {
  const host = hostOf(url);
  if (METADATA_HOSTS.has(host) || isForbiddenAddress(host)) {
    throw refused(`${what} is not an address at which machines are told about themselves`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(host))) {
    throw refused(`${what} is https, unless it is on this machine`);
  }
}

/** Looks up names as the system does, and fails for a name that leads to an address {@link parseEndpoint} refuses. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, options, (error, address, family) => {
    const addresses = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address);
    if (error === null && addresses.some(isForbiddenAddress)) {
      const reason = refused(
        'the host of the endpoint is an address at which machines are told about themselves',
      );
      callback(reason, '', 0);
    } else callback(error, address, family);
  });
};

/** Whether `url` is of this machine. */
export function isLoopbackUrl(url: URL): boolean {
  return isLoopback(hostOf(url));
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

function hostOf(url: URL): string {
  // An IPv6 address stands in brackets, and a name may end in the root's dot.
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Where some clouds answer beside the link-local address, and no address at all. */
const OWN_ADDRESSES = new Set(['0.0.0.0', '100.100.100.200', '168.63.129.16']);

/** Link-local addresses, and those of their own that clouds use for this, also where they are written as IPv4 in IPv6. */
function isForbiddenAddress(address: string): boolean {
  if (isIP(address) === 4) return address.startsWith('169.254.') || OWN_ADDRESSES.has(address);
  if (isIP(address) !== 6) return false;
  const lower = address.toLowerCase();
  const mapped = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(lower)?.[1] ?? mappedAddress(lower);
  if (mapped !== undefined) return isForbiddenAddress(mapped);
  return /^(fe[89ab]|fd00:ec2:|fd20:ce:|64:ff9b:)/.test(lower) || lower === '::';
}

/** `::ffff:a9fe:a9fe` is 169.254.169.254. */
function mappedAddress(address: string): string | undefined {
  const words = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (words === null) return undefined;
  const [high, low] = [parseInt(words[1] as string, 16), parseInt(words[2] as string, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function refused(message: string): LakeError {
  return new LakeError('invalid', message, { code: 'ENDPOINT' });
}

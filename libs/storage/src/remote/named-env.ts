import { LakeError } from '@ticklake/core';

/** Where a backend looks for credentials. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment as a store with the parameter `credentials=NAME` sees it: of every variable, `NAME_…` where it is set. So two stores in
 * one run have credentials, endpoints and regions of their own (spec row CM-06). Without a name, the environment as it is.
 *
 * @throws LakeError `invalid` for a name that is none of a variable, or under which nothing is set.
 */
export function namedEnv(env: Env, name: string | undefined): Env {
  if (name === undefined) return env;
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw new LakeError(
      'invalid',
      'the name of credentials is the beginning of the names of variables, such as RAW',
      {
        code: 'URL',
      },
    );
  }
  const own = Object.entries(env).filter(([key]) => key.startsWith(`${name}_`));
  if (own.length === 0) {
    throw new LakeError('invalid', `no variable of the environment begins with ${name}_`, {
      code: 'CREDENTIALS',
    });
  }
  return Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 1), value]));
}

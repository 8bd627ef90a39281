import { namedEnv } from './named-env.js';

describe('the environment under a name', () => {
  const env = { AWS_REGION: 'r', RAW_AWS_REGION: 'raw', RAW_AWS_ACCESS_KEY_ID: 'id', RAWER: 'x' };

  it('is what begins with the name, and nothing else', () => {
    expect(namedEnv(env, 'RAW')).toEqual({ AWS_REGION: 'raw', AWS_ACCESS_KEY_ID: 'id' });
    expect(namedEnv(env, undefined)).toBe(env);
  });

  it.each(['raw', 'OTHER', 'RAW_', '1', 'A B'])('cannot be %s', (name) => {
    expect(() => namedEnv(env, name)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

import { z } from 'zod';
import { describeConfig } from './config-keys.js';

describe('describeConfig', () => {
  it('tells every spelling, whatever the key is wrapped in', () => {
    const schema = z.object({
      openMax: z.int().describe('most open').default(5),
      r2Key: z
        .string()
        .meta({ secret: true, aliases: ['k', 'key'] })
        .optional(),
      days: z.array(z.coerce.number()).readonly().nullable().describe('which'),
      big: z.bigint(),
      dryRun: z.boolean().prefault(true),
    });
    const base = {
      aliases: [],
      secret: false,
      list: false,
      defaultText: undefined,
      required: false,
      choices: [],
      isPath: false,
    };
    expect(describeConfig(schema)).toEqual([
      {
        ...base,
        key: 'openMax',
        flag: 'open-max',
        variable: 'TICKLAKE_OPEN_MAX',
        description: 'most open',
        defaultText: '5',
        shape: 'number',
      },
      {
        ...base,
        key: 'r2Key',
        flag: 'r2-key',
        variable: 'TICKLAKE_R2_KEY',
        description: '',
        aliases: ['k', 'key'],
        secret: true,
        shape: 'text',
      },
      {
        ...base,
        key: 'days',
        flag: 'days',
        variable: 'TICKLAKE_DAYS',
        description: 'which',
        required: true,
        shape: 'number',
        list: true,
      },
      {
        ...base,
        key: 'big',
        flag: 'big',
        variable: 'TICKLAKE_BIG',
        description: '',
        required: true,
        shape: 'bigint',
      },
      {
        ...base,
        key: 'dryRun',
        flag: 'dry-run',
        variable: 'TICKLAKE_DRY_RUN',
        description: '',
        defaultText: 'true',
        shape: 'boolean',
      },
    ]);
  });

  it('keeps a description through aliases given after it', () => {
    const [key] = describeConfig(
      z.object({
        a: z
          .array(z.string())
          .default([])
          .describe('only these')
          .meta({ aliases: ['b'] }),
      }),
    );
    expect(key).toMatchObject({ description: 'only these', aliases: ['b'], list: true });
  });

  it('tells what may stand behind a flag', () => {
    const keys = describeConfig(
      z.object({
        mode: z.enum(['a', 'b']).default('a'),
        modes: z.array(z.enum(['c', 'd'])).optional(),
        file: z.string().optional().describe('x').meta({ path: true }),
      }),
    );
    expect(keys.map(({ choices, isPath }) => [choices, isPath])).toEqual([
      [['a', 'b'], false],
      [['c', 'd'], false],
      [[], true],
    ]);
  });

  it.each([
    ['a flag every command has', z.object({ json: z.boolean() })],
    ['two keys with one alias', z.object({ a: z.string().meta({ aliases: ['b'] }), b: z.string() })],
  ])('takes %s for a bug', (_, schema) => expect(() => describeConfig(schema)).toThrow('is taken'));
});

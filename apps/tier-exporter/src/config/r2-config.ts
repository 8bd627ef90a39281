import { z } from 'zod';

const text = z.string().min(1);

/** Configuration of `r2-config`. The secret is no flag: everybody on the machine can read the arguments of a process. */
export const r2ConfigConfig = z.object({
  account: text
    .optional()
    .describe('id of the Cloudflare account; R2_ACCOUNT_ID, else it is asked for')
    .meta({ aliases: ['account-id'] }),
  endpoint: text
    .optional()
    .describe('endpoint instead of an account, for one of a jurisdiction; R2_ENDPOINT'),
  accessKeyId: text
    .optional()
    .describe(
      'id of the access key; R2_ACCESS_KEY_ID, else it is asked for. Its secret: R2_SECRET_ACCESS_KEY',
    ),
  bucket: text.optional().describe('name of the bucket; R2_BUCKET, else it is asked for'),
  yes: z.boolean().default(false).describe('replace a credentials file that is there without asking'),
  test: z
    .boolean()
    .default(false)
    .describe('try on the bucket, by the file, whether it keeps what publishing rests on'),
});

/** What {@link r2ConfigConfig} comes to. */
export type R2ConfigConfig = z.infer<typeof r2ConfigConfig>;

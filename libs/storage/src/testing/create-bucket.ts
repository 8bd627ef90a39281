import { parseEndpoint } from '../remote/endpoint.js';
import { USUAL_REQUESTS } from '../remote/request-policy.js';
import { lazyClient, type Credentials } from '../backends/s3/s3-client.js';

/** Makes a bucket on the test server at `endpoint`. A store itself never does: buckets have owners, regions and rules. */
export async function createBucket(
  bucket: string,
  { endpoint, credentials }: { readonly endpoint: string; readonly credentials: Credentials },
): Promise<void> {
  const access = { region: 'us-east-1', endpoint: parseEndpoint(endpoint), credentials, profile: undefined };
  const { sdk, client } = await lazyClient(access, USUAL_REQUESTS)();
  await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

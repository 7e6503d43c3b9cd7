import { randomBytes } from 'node:crypto'

const { TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY, TEST_S3_SECRET_KEY, TEST_S3_BUCKET } = process.env

/** An S3-compatible store with a bucket that suites may write to. */
export const s3 = TEST_S3_ENDPOINT
  ? {
      endpoint: TEST_S3_ENDPOINT,
      bucket: TEST_S3_BUCKET ?? 'cairn-test',
      accessKey: TEST_S3_ACCESS_KEY ?? '',
      secretKey: TEST_S3_SECRET_KEY ?? '',
    }
  : undefined

/** A URI with an unused prefix of the bucket, and the environment that gives a server access to it. */
export function freshS3(): { readonly uri: string; readonly env: Record<string, string> } {
  if (!s3) throw new Error('TEST_S3_ENDPOINT is not set: guard the suite with test.skipIf(!s3)')
  return {
    uri: `s3://${s3.bucket}/acceptance-${randomBytes(6).toString('hex')}`,
    env: {
      CAIRN_S3_ENDPOINT: s3.endpoint,
      CAIRN_S3_ACCESS_KEY: s3.accessKey,
      CAIRN_S3_SECRET_KEY: s3.secretKey,
    },
  }
}

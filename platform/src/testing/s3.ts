import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { s3Client } from '../blobs/s3-client.js'

const {
  TEST_S3_ENDPOINT,
  TEST_S3_ACCESS_KEY,
  TEST_S3_SECRET_KEY,
  TEST_S3_BUCKET = 'cairn-test',
} = process.env

/** The S3 store that the environment configures, if any. */
export const testS3 = TEST_S3_ENDPOINT
  ? {
      bucket: TEST_S3_BUCKET,
      options: {
        endpoint: TEST_S3_ENDPOINT,
        accessKeyId: TEST_S3_ACCESS_KEY ?? '',
        secretAccessKey: TEST_S3_SECRET_KEY ?? '',
      },
    }
  : undefined

export const NO_S3 = 'set TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY, TEST_S3_SECRET_KEY and TEST_S3_BUCKET'

/** Returns the ids of multipart uploads below a prefix that are neither completed nor aborted. */
export async function unfinishedUploads(
  { bucket, options }: NonNullable<typeof testS3>,
  prefix: string,
): Promise<string[]> {
  const client = s3Client(options)
  try {
    const listed = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }))
    return (listed.Uploads ?? []).map(({ UploadId }) => UploadId!)
  } finally {
    client.destroy()
  }
}

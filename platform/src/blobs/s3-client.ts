import { S3Client } from '@aws-sdk/client-s3'

export interface S3Options {
  /** URL of an S3-compatible store; AWS when absent. */
  readonly endpoint?: string
  readonly region?: string
  /** Default: true with a custom endpoint, because few self-hosted stores serve `bucket.host` names. */
  readonly forcePathStyle?: boolean
  /** Default: the AWS credential chain (environment, profile, instance role). */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
}

export function s3Client(options: S3Options): S3Client {
  const { endpoint, accessKeyId, secretAccessKey, sessionToken } = options
  return new S3Client({
    region: options.region ?? 'us-east-1',
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    // Other stores reject the SDK's default trailing checksums, and its checksum of an empty body in signed URLs.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    ...(endpoint && { endpoint }),
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      }),
  })
}

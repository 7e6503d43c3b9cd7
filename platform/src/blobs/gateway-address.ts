import { withoutTrailingSlashes } from './path.js'

/** The bucket under which the S3 gateway serves a store on disk, which has no bucket. */
export const GATEWAY_BUCKET = 'cairn'

/** The address of a store's root behind the S3 gateway, without a trailing slash. Stores of S3 keep theirs. */
export const gatewayRoot = (root: string) =>
  root.startsWith('s3://') ? withoutTrailingSlashes(root) : `s3://${GATEWAY_BUCKET}`

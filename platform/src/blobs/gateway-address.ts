import { withoutTrailingSlashes } from './path.js'

/** The bucket under which the S3 gateway serves a store on disk, which has no bucket of its own. */
export const GATEWAY_BUCKET = 'cairn'

/** Returns the address of a store's root behind the S3 gateway, without a trailing slash. A store in S3 keeps its address. */
export const gatewayRoot = (root: string) =>
  root.startsWith('s3://') ? withoutTrailingSlashes(root) : `s3://${GATEWAY_BUCKET}`

/** Matches segments of paths that are secrets like credentials: tickets and upload ids. */
const IN_PATH = /(\/(?:tickets|parts)\/)[^/?]+/g
const IN_QUERY =
  /([?&](?:x-amz-(?:signature|credential|security-token)|(?:access_)?token|client_secret|password|api_key|signature)=)[^&]*/gi

/** Replaces the secrets in a URL, for logs. */
export const redactUrl = (url: string): string => url.replace(IN_PATH, '$1***').replace(IN_QUERY, '$1***')

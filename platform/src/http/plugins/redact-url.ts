/** After these a path goes on with a secret that stands in for credentials: a ticket, the id of an upload. */
const IN_PATH = /(\/(?:tickets|parts)\/)[^/?]+/g
const IN_QUERY =
  /([?&](?:x-amz-(?:signature|credential|security-token)|(?:access_)?token|client_secret|password|api_key|signature)=)[^&]*/gi

/** A URL as a log may hold it. */
export const redactUrl = (url: string): string => url.replace(IN_PATH, '$1***').replace(IN_QUERY, '$1***')

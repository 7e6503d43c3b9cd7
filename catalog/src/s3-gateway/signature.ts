import { createHash, timingSafeEqual } from 'node:crypto'
import { hmac } from '../credentials/session-keys.js'

/** The signed parts of a request. `path` and `query` are as received, not decoded. */
export interface SignedRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request,\s*SignedHeaders=([\w;-]+),\s*Signature=([0-9a-f]{64})$/
const MAX_SKEW_MS = 15 * 60_000

/**
 * Verifies AWS Signature Version 4 in the Authorization header, in S3's variant (the path is not encoded again).
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns S3's error code, or undefined when the request is signed with `secret`
 */
export function signatureError(
  request: SignedRequest,
  accessKey: string,
  secret: string,
  now: number,
): string | undefined {
  const parts = AUTHORIZATION.exec(header(request, 'authorization'))
  if (!parts) return 'AuthorizationHeaderMalformed'
  const [, key = '', day = '', region = '', names = '', signature = ''] = parts
  const time = header(request, 'x-amz-date')
  const signed = names.split(';')
  if (key !== accessKey) return 'InvalidAccessKeyId'
  if (!['host', 'x-amz-date', 'x-amz-security-token'].every((name) => signed.includes(name)))
    return 'AccessDenied'
  if (!time.startsWith(day) || Math.abs(parseTime(time) - now) > MAX_SKEW_MS) return 'RequestTimeTooSkewed'
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical(request, signed))].join('\n')
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request')
  const expected = hmac(signingKey, text)
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}

function canonical(request: SignedRequest, signed: readonly string[]): string {
  const headers = signed.map((name) => `${name}:${header(request, name).trim().replace(/\s+/g, ' ')}\n`)
  const payload = header(request, 'x-amz-content-sha256') || 'UNSIGNED-PAYLOAD'
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    headers.join(''),
    signed.join(';'),
    payload,
  ].join('\n')
}

/** Sorted by encoded name, then value. */
function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s).map((part) => encode(decode(part)))
      return `${name}=${value}`
    })
    .sort()
    .join('&')
}

/** Malformed percent-encoding is signed as is: clients cannot have decoded it either. */
const decode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )

export const header = (request: SignedRequest, name: string): string => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** `20260131T235959Z` */
const parseTime = (text: string) =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

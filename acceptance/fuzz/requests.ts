import fc from 'fast-check'
import { encodeForUrl } from '../bad-input/encode-for-url.js'
import { HOSTILE_VALUES } from '../bad-input/hostile-values.js'
import type { KnownValues, OperationToTry } from '../bad-input/operations.js'
import { arbitraryOf, withHostileValues } from './arbitraries.js'
import { EDGE_CASE_BODIES, EDGE_CASE_CONTENT_TYPES } from './bodies.js'

export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Requests to one operation: valid ones, ones with hostile values, and bodies that are not JSON. */
export function requestsTo(operation: OperationToTry, known: KnownValues): fc.Arbitrary<FuzzRequest> {
  const fitting = arbitraryOf(operation.schema, known)
  const input = fc.oneof(
    { weight: 4, arbitrary: fitting },
    { weight: 5, arbitrary: withHostileValues(fitting) },
  )
  const wellFormed = fc
    .tuple(input, fc.boolean(), fc.boolean())
    .map(([value, twin, moved]) => formed(operation, known, value, twin, moved))
  if (!operation.takesBody) return wellFormed
  const malformed = fc
    .tuple(fc.constantFrom(...EDGE_CASE_BODIES), fc.constantFrom(...EDGE_CASE_CONTENT_TYPES), fc.boolean())
    .map(([body, type, twin]) => {
      const { method, path } = formed(operation, known, {}, twin, false)
      return { method, path, headers: { ...(type && { 'content-type': type }) }, body }
    })
  return fc.oneof({ weight: 9, arbitrary: wellFormed }, { weight: 1, arbitrary: malformed })
}

/** @param moved whether the fields of the body are sent in the query instead */
function formed(
  { method, path, takesBody }: OperationToTry,
  known: KnownValues,
  value: unknown,
  twin: boolean,
  moved: boolean,
): FuzzRequest {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  const input = (isMap ? value : {}) as Record<string, unknown>
  const target = (twin ? path.replace(/^\/api\/([23]\.0\/mlflow)/, '/ajax-api/$1') : path).replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => encodeForUrl(Object.hasOwn(input, name) ? input[name] : (known[name] ?? 'x')),
  )
  if (takesBody && !(moved && method === 'DELETE')) {
    const body = JSON.stringify(value) ?? ''
    return { method, path: target, headers: { 'content-type': 'application/json' }, body }
  }
  return { method, path: target + queryOf(input), headers: {} }
}

function queryOf(input: Record<string, unknown>): string {
  const pairs = Object.entries(input).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${encodeForUrl(name)}=${encodeForUrl(one)}`),
  )
  return pairs.length > 0 ? `?${pairs.join('&').slice(0, 12_000)}` : ''
}

/** Requests to routes outside the OpenAPI document: streams, uploads, pages, OTLP, and unknown paths. */
export function undocumentedRequests(known: KnownValues): fc.Arbitrary<FuzzRequest> {
  const run = String(known.run_id)
  const prefixes = [
    '/v1/traces',
    '/graphql',
    '/get-artifact',
    '/model-versions/get-artifact',
    '/version',
    '/health',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/movies/',
    '/ajax-api/2.0/mlflow/upload-artifact',
    '/ajax-api/2.0/mlflow/get-trace-artifact',
    '/ajax-api/2.0/mlflow/metrics/get-history-bulk',
    `/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/f.txt`,
    '/api/2.0/mlflow-artifacts/artifacts',
    '/api/2.0/mlflow-artifacts/mpu/create/x',
    '/api/2.0/mlflow-artifacts/mpu/complete/x',
    '/api/2.0/mlflow-artifacts/presigned/x',
    '/api/2.0/fs/files/Volumes/naughty/naughty/naughty/f.txt',
    '/serving-endpoints/naughty/invocations',
    '/',
  ]
  const odd = fc.constantFrom(...HOSTILE_VALUES)
  const query = fc.dictionary(
    fc.constantFrom('run_uuid', 'run_id', 'path', 'name', 'version', 'metric_key', 'request_id', 'x'),
    fc.oneof(odd, fc.constantFrom(run, 'f.txt', '1')),
    { maxKeys: 4 },
  )
  const headers = fc.dictionary(
    fc.constantFrom(
      'x-mlflow-experiment-id',
      'x-mlflow-run-id',
      'range',
      'accept',
      'accept-encoding',
      'if-none-match',
      'content-encoding',
      'traceparent',
      'last-event-id',
      'x-request-id',
      'x-forwarded-for',
    ),
    fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        'gzip',
        'deflate',
        'br',
        'bytes=0-',
        'bytes=-1',
        'bytes=9-1',
        'bytes=a',
        '*/*',
      ),
      fc.string({ maxLength: 40 }).map((value) => value.replaceAll(/[^\x20-\x7e]/g, '')),
    ),
    { maxKeys: 3 },
  )
  return fc
    .tuple(
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
      fc.constantFrom(...prefixes),
      fc.oneof(
        fc.constant(''),
        odd.map((value) => `/${encodeForUrl(value)}`),
      ),
      query,
      headers,
      fc.oneof(fc.constantFrom(...EDGE_CASE_BODIES), fc.uint8Array({ maxLength: 200 })),
      fc.constantFrom(...EDGE_CASE_CONTENT_TYPES),
    )
    .map(([method, prefix, suffix, asked, given, body, type]) => ({
      method,
      path: prefix + suffix + queryOf(asked),
      headers: { ...given, ...(type && { 'content-type': type }) },
      ...(!['GET', 'HEAD'].includes(method) && { body }),
    }))
}

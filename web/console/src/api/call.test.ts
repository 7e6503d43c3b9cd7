import type { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import type { GetServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { GetMetricHistoryBulkInterval } from '@cairn/platform/protocol/mlflow/metrics'
import { expect, test } from 'vitest'
import { call, urlOf } from './call.js'

test('encodes path parameters and leaves them out of the query', () => {
  expect(urlOf<typeof GetServingEndpoint>('GET /api/2.0/serving-endpoints/{name}', { name: 'a/b c' })).toBe(
    'api/2.0/serving-endpoints/a%2Fb%20c',
  )
})

test('repeats list parameters and omits undefined ones', () => {
  const url = urlOf<typeof GetMetricHistoryBulkInterval>(
    'GET /api/2.0/mlflow/metrics/get-history-bulk-interval',
    { run_ids: ['a', 'b'], metric_key: 'loss' },
  )
  expect(url).toBe('api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=a&run_ids=b&metric_key=loss')
  expect(urlOf<typeof ListAudit>('GET /api/cairn/v1/audit', {})).toBe('api/cairn/v1/audit')
})

test('the compiler rejects a route or an input that the operation does not have', () => {
  const uncalled = () => [
    // @ts-expect-error: the path is misspelled
    call<typeof GetServingEndpoint>('GET /api/2.0/serving-endpoint/{name}', { name: 'a' }),
    // @ts-expect-error: the method is wrong
    call<typeof GetServingEndpoint>('POST /api/2.0/serving-endpoints/{name}', { name: 'a' }),
    // @ts-expect-error: the name is missing
    call<typeof GetServingEndpoint>('GET /api/2.0/serving-endpoints/{name}', {}),
    // @ts-expect-error: the operation is missing
    call('GET /api/2.0/serving-endpoints/{name}', { name: 'a' }),
  ]
  expect(uncalled).toBeTypeOf('function')
})

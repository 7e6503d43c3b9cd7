import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testCatalog } from '../testing/catalog.js'

const REFUSED = [
  ['/api/3.0/mlflow/scorers/permissions', 'Grant a permission on the experiment of the scorer.'],
  ['/api/3.0/mlflow/gateway/secrets/permissions', 'Only administrators manage secrets of the gateway.'],
  ['/api/3.0/mlflow/gateway/endpoints/permissions', 'Grant CAN_QUERY on the serving endpoint.'],
  ['/api/3.0/mlflow/gateway/model-definitions/permissions', 'Only administrators manage the gateway.'],
] as const
const VERBS = { create: 'POST', get: 'GET', update: 'PATCH', delete: 'DELETE' } as const

let world: Awaited<ReturnType<typeof testCatalog>>
beforeAll(async () => {
  world = await testCatalog(databases[0]![1])
})
afterAll(() => world.close())

test.each(REFUSED)('%s are refused with advice in any request', async (url, advice) => {
  for (const [verb, method] of Object.entries(VERBS)) {
    const payload = {
      username: 'ada',
      permission: 'READ',
      experiment_id: '1',
      scorer_name: 's',
      secret_id: 's',
    }
    const query = method === 'GET' ? `?${new URLSearchParams(payload)}` : ''
    const response = await world.app.inject({
      ...{ method, url: `${url}/${verb}${query}` },
      ...(method !== 'GET' && { payload }),
    })
    expect(response.statusCode, verb).toBe(400)
    expect(response.json(), verb).toMatchObject({ error_code: 'FEATURE_DISABLED' })
    expect(response.json().message).toContain(advice)
  }
})

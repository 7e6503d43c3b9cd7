import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { parseConfig } from '../endpoint-state/config.js'
import { withFollowedModels } from './with-followed-models.js'

const config = parseConfig(
  {
    served_entities: [
      { entity_name: 'churn', entity_version: '1' },
      { entity_name: 'churn', entity_version: '@champion' },
    ],
    traffic_config: { routes: [{ served_model_name: 'churn-1', traffic_percentage: 100 }] },
  },
  'ada-id',
)
const [pinned, following] = config.entities

test('records which model an alias belongs to', async () => {
  const call = (async () => ({ registered_model: { creation_timestamp: 5 } })) as unknown as Client
  expect(await withFollowedModels(call, config)).toEqual({
    ...config,
    entities: [pinned, { ...following, follower: { principal_id: 'ada-id', model_created: 5 } }],
  })
})

test('leaves it open while the registry cannot be reached', async () => {
  const call = (async () => {
    throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The registry is down.')
  }) as unknown as Client
  expect(await withFollowedModels(call, config)).toEqual(config)
})

import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { followerRights } from './follower-rights.js'

const follower = { principal_id: 'ada-id', model_created: 5 }
const entity = {
  ...{ name: 'churn', entity_name: 'churn', entity_version: '@champion', follower },
  ...{ workload_size: 'Small', workload_type: 'CPU', scale_to_zero_enabled: false },
}

test.each([
  ['PERMISSION_DENIED', "'ada', who wrote the configuration, may no longer read the model 'churn'."],
  ['RESOURCE_DOES_NOT_EXIST', "'ada', who wrote the configuration, may no longer read the model 'churn'."],
  ['RESOURCE_EXHAUSTED', 'The registry answers so.'],
  ['TEMPORARILY_UNAVAILABLE', 'The registry answers so.'],
] as const)('tells a lost right from other failures: %s', async (code, message) => {
  const revoked: string[] = []
  const require = followerRights({
    identities: { find: async () => ({ id: 'ada-id', name: 'ada', active: 1 }) } as never,
    tokens: {
      issue: async () => ({ secret: 's', token: { id: 'token' } }) as never,
      revoke: async (_principal, id) => void revoked.push(id),
    },
    client: () =>
      (async () => {
        throw new ApiError(code, 'The registry answers so.')
      }) as unknown as Client,
  })
  await expect(require(entity)).rejects.toThrow(message)
  expect(revoked).toEqual(['token'])
})

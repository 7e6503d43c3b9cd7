import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { followerRights } from '@cairn/serving/deployments/follower-rights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({
    env: { CAIRN_AUTH: 'required' },
    services: 'tracking,catalog,registry,serving',
  })
})
afterAll(() => server?.close())

test('an alias is followed while the writer of the configuration may read the model', async () => {
  const { app, context } = server
  const { identities, grants } = context
  const headers = { authorization: `Bearer ${await server.createUser('ann', 'CREATE MODEL')}` }
  const url = '/api/2.0/mlflow/registered-models/create'
  const made = await app.inject({ method: 'POST', url, headers, payload: { name: 'churn' } })
  expect(made.statusCode).toBe(200)
  const { id } = await identities.create('user', 'eve')
  const change = (add: 'READ MODELS'[], remove: 'READ MODELS'[]) =>
    grants.change(METASTORE[0], [{ principal_id: id, add, remove }], LOCAL_OWNER)
  const require = followerRights(context)
  const entity = {
    ...{ name: 'churn', entity_name: 'churn', entity_version: '@champion' },
    ...{ workload_size: 'Small', workload_type: 'CPU', scale_to_zero_enabled: false },
  }
  const { creation_timestamp } = made.json().registered_model
  const follower = { principal_id: id, model_created: creation_timestamp }
  const followed = { ...entity, follower }

  await expect(require(followed)).rejects.toThrow("'eve', who wrote the configuration, may no longer read")
  await change(['READ MODELS'], [])
  await require(followed)
  const other = { ...follower, model_created: creation_timestamp - 1 }
  await expect(require({ ...entity, follower: other })).rejects.toThrow("'churn' is another model")
  await change([], ['READ MODELS'])
  await expect(require(followed)).rejects.toThrow("may no longer read the model 'churn'")
  await change(['READ MODELS'], [])
  await identities.update(id, { active: false })
  await expect(require(followed)).rejects.toThrow("'eve', who wrote the configuration, is deactivated.")

  const deleted = { ...entity, follower: { principal_id: 'deleted' } }
  await expect(require(deleted)).rejects.toThrow('was deleted')
  await require(entity) // a configuration of an earlier release
})

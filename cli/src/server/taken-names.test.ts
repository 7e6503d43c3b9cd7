import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  catalogObjects,
  endpoints,
  experiments,
  modelName,
  models,
  secrets,
} from '../testing/rights-kinds.js'
import { RightsServer } from '../testing/rights-server.js'

const M2 = '/api/2.0/mlflow'
const [, sqlite] = databases[0]!
const rights = new RightsServer()
beforeAll(async () => {
  await rights.start(sqlite)
  await models(rights).create('other', MODEL)
})
afterAll(() => rights.close())

const post = (url: string, body: object) => ({ method: 'POST', url, body })
const MODEL = 'model-of-other'
const entity = { name: 'm', entity_name: modelName(MODEL), entity_version: '1' }

const KINDS = [
  [
    'experiment',
    async (name: string) => (await experiments(rights).create('owner', name)).experiment_id,
    (name: string) => post(`${M2}/experiments/create`, { name }),
  ],
  [
    'registered model',
    async (name: string) => (await models(rights).create('owner', name)).name,
    (name: string) => post(`${M2}/registered-models/create`, { name: modelName(name) }),
  ],
  [
    'endpoint',
    async (name: string) => (await endpoints(rights).create('owner', name)).endpoint_id,
    (name: string) => post('/api/2.0/serving-endpoints', { name, config: { served_entities: [entity] } }),
  ],
  [
    'catalog',
    async (name: string) => (await catalogObjects(rights, 'catalog').create('owner', name)).catalog_id,
    (name: string) => post('/api/2.1/unity-catalog/catalogs', { name }),
  ],
  [
    'secret scope',
    async (name: string) => (await secrets(rights).create('owner', name)).scope,
    (name: string) => post('/api/2.0/secrets/scopes/create', { scope: name }),
  ],
] as const

test.each(KINDS)(
  'a taken name of a hidden %s is told to those who may create one, and nothing else',
  async (_kind, create, creation) => {
    const name = rights.nextName('owner').replaceAll('-', '_')
    const id = await create(name)
    const { method, ...request } = creation(name)
    const taken = await rights.send('other', method, request)
    expect(taken.status, taken.text).toBeGreaterThanOrEqual(400)
    expect(taken.status, taken.text).toBeLessThan(410)
    expect(taken.text).toMatch(/ALREADY_EXISTS/)
    expect(taken.text).toContain(name)
    const hidden = [id, 'owner-person', rights.ids.get('owner')!].filter((one) => !one.endsWith(name))
    for (const one of hidden) expect(taken.text).not.toContain(one)

    const { url, body } = creation('free_name')
    const refusals = [
      await rights.send('none', method, request),
      await rights.send('none', method, { url, body }),
    ]
    const [exists, free] = refusals.map(({ status, text }) => ({
      ...{ status, text: text.replaceAll(/"request_id":"[^"]*"/g, '').replaceAll(name, 'free_name') },
    }))
    expect(exists).toEqual(free)
    expect(exists!.status).toBe(403)
  },
)

test.each([
  [
    'experiment',
    async (name: string) => {
      const { method, ...request } = post(`${M2}/experiments/create`, { name: `mine_${name}` })
      const { experiment_id } = await rights.creator('other').send(method, request)
      return post(`${M2}/experiments/update`, { experiment_id, new_name: name })
    },
    experiments(rights),
  ],
  [
    'registered model',
    async (name: string) => {
      const mine = await models(rights).create('other', `mine_${name}`)
      return post(`${M2}/registered-models/rename`, { ...mine, new_name: modelName(name) })
    },
    models(rights),
  ],
] as const)(
  'a taken name of a hidden %s is told when another one is renamed',
  async (_kind, rename, kind) => {
    const name = rights.nextName('owner')
    await kind.create('owner', name)
    const { method, ...request } = await rename(name)
    const answer = await rights.send('other', method, request)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('ALREADY_EXISTS')])
    expect(answer.text).not.toContain('owner-person')
  },
)

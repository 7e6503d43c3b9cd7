import { expect, test } from 'vitest'
import { anEndpoint } from '../testing/fixtures.js'
import { sampleRequest } from './input-example.js'
import { parseRecommendations } from './recommendation-response.js'
import { conditionOf, sharesOf } from './traffic.js'

test('reads traffic shares from the routes; a single entity without routes gets all traffic', () => {
  const single = anEndpoint('e', [{ name: 'a' }])
  expect(sharesOf(single.config).map(({ percent }) => percent)).toEqual([100])
  const two = anEndpoint('e', [{ name: 'a' }, { name: 'b' }])
  two.config!.traffic_config.routes = [
    { served_model_name: 'b', served_entity_name: 'b', traffic_percentage: 30 },
    { served_model_name: 'a', served_entity_name: 'a', traffic_percentage: 70 },
  ]
  expect(sharesOf(two.config).map(({ entity, percent }) => [entity.name, percent])).toEqual([
    ['a', 70],
    ['b', 30],
  ])
  expect(sharesOf(undefined)).toEqual([])
})

test('combines the states; an endpoint whose update failed is still ready', () => {
  const inState = (ready: string, config_update: string) => ({
    ...anEndpoint('e', []),
    state: { ready, config_update },
  })
  expect(conditionOf(inState('READY', 'NOT_UPDATING'))).toBe('ready')
  expect(conditionOf(inState('READY', 'IN_PROGRESS'))).toBe('updating')
  expect(conditionOf(inState('READY', 'UPDATE_FAILED'))).toBe('updateFailed')
  expect(conditionOf(inState('NOT_READY', 'NOT_UPDATING'))).toBe('notReady')
})

const documentOf = (body: object) => ({
  paths: { '/e': { post: { requestBody: { content: { 'application/json': body } } } } },
})
const number = { type: ['number', 'null'] }

test('samples a request from the example of the model, else from its signature', () => {
  const example = { dataframe_split: { columns: ['k'], data: [[1]] } }
  expect(sampleRequest(documentOf({ example }))).toEqual(example)
  const row = {
    type: 'object',
    properties: { a: number, tags: { type: 'array', items: { type: 'string' } } },
  }
  expect(
    sampleRequest(documentOf({ schema: { properties: { dataframe_records: { items: row } } } })),
  ).toEqual({
    dataframe_records: [{ a: 0, tags: [''] }],
  })
  const tensor = { type: 'array', items: { type: 'array', items: number, minItems: 2 } }
  const lists = { type: 'object', properties: { X: tensor } }
  const named = { properties: { dataframe_records: { items: {} }, inputs: { anyOf: [lists] } } }
  expect(sampleRequest(documentOf({ schema: named }))).toEqual({ inputs: { X: [[0, 0]] } })
  expect(sampleRequest(documentOf({ schema: { properties: { inputs: tensor } } }))).toEqual({
    inputs: [[0, 0]],
  })
})

test('samples a request to a recommender where nothing is known', () => {
  const fallback = { dataframe_records: [expect.objectContaining({ k: 10 })] }
  expect(sampleRequest({})).toEqual(fallback)
  const row = { properties: { history: { type: 'array' } } }
  const schema = { properties: { dataframe_records: { items: row }, inputs: { anyOf: [row] } } }
  expect(sampleRequest(documentOf({ schema }))).toEqual(fallback)
})

test('parses recommendations and ignores other responses', () => {
  const reason = { type: 'history', item_id: 16, title: 'Casino', contribution: 0.2 }
  const item = { item_id: 7, title: 'Heat', score: 0.5, reasons: [reason] }
  const other = { item_id: 8, score: 0.25 }
  const response = { predictions: [{ recommendations: [item, other], notices: ['Item 9 is not known.'] }] }
  expect(parseRecommendations(JSON.stringify(response))).toEqual({
    items: [
      { id: '7', title: 'Heat', score: 0.5, reasons: [reason] },
      { id: '8', title: '8', score: 0.25, reasons: [] },
    ],
    notices: ['Item 9 is not known.'],
  })
  expect(parseRecommendations('{"predictions":[1,2]}')).toBeUndefined()
  expect(parseRecommendations('oops')).toBeUndefined()
})

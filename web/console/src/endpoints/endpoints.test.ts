import { expect, test } from 'vitest'
import { anEndpoint } from '../testing/fixtures.js'
import { requestFromExample } from './input-example.js'
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

test('converts every form of input example to a request', () => {
  const request = (value: unknown) => JSON.parse(requestFromExample(JSON.stringify(value))!)
  expect(request({ dataframe_records: [{ k: 1 }] })).toEqual({ dataframe_records: [{ k: 1 }] })
  expect(request({ columns: ['k'], data: [[1]] })).toEqual({
    dataframe_split: { columns: ['k'], data: [[1]] },
  })
  expect(request([[1, 2]])).toEqual({ inputs: [[1, 2]] })
  expect(requestFromExample('no json')).toBeUndefined()
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

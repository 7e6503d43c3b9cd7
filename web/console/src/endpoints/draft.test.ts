import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { anEndpoint } from '../testing/fixtures.js'
import { configChanges } from './config-changes.js'
import {
  addEntity,
  configOf,
  type DraftEntity,
  draftOf,
  nameOf,
  newDraft,
  percentOf,
  removeEntity,
  splitEvenly,
  sumOf,
} from './draft.js'
import { fieldError, problemsOf } from './draft-problems.js'
import { notificationsOf, rateLimitsOf, settingsOf } from './settings-draft.js'

const [blank] = newDraft()
const entity = (shape: Partial<DraftEntity>): DraftEntity => ({
  ...blank!,
  model: 'movies',
  version: '1',
  ...shape,
})
const percents = (entities: readonly DraftEntity[]) => entities.map(({ percent }) => percent)

test('an endpoint becomes a draft and the same configuration again; default names stay default', () => {
  const endpoint = anEndpoint('e', [
    { name: 'movies-champion', entity_alias: 'champion', entity_version: '3' },
    { name: 'canary', entity_version: '4', scale_to_zero_enabled: true, workload_size: 'Large' },
  ])
  endpoint.config!.traffic_config.routes = [
    { served_model_name: 'movies-champion', served_entity_name: 'movies-champion', traffic_percentage: 80 },
    { served_model_name: 'canary', served_entity_name: 'canary', traffic_percentage: 20 },
  ]
  const draft = draftOf(endpoint)
  expect(draft.map(({ name, version }) => [name, version])).toEqual([
    ['', '@champion'],
    ['canary', '4'],
  ])
  expect(configOf(draft)).toEqual({
    served_entities: [
      {
        name: 'movies-champion',
        entity_name: 'movies',
        entity_version: '@champion',
        scale_to_zero_enabled: false,
        workload_size: 'Small',
        workload_type: 'CPU',
      },
      {
        name: 'canary',
        entity_name: 'movies',
        entity_version: '4',
        scale_to_zero_enabled: true,
        workload_size: 'Large',
        workload_type: 'CPU',
      },
    ],
    traffic_config: {
      routes: [
        { served_entity_name: 'movies-champion', traffic_percentage: 80 },
        { served_entity_name: 'canary', traffic_percentage: 20 },
      ],
    },
  })
  const { config: _, ...unserved } = endpoint
  expect(draftOf(unserved)).toEqual(newDraft())
})

test('adding, removing and splitting keep the sum at 100', () => {
  const two = addEntity([entity({ percent: '100' })])
  expect(percents(two)).toEqual(['100', '0'])
  expect(two[1]).toMatchObject({ model: 'movies', version: '' })
  const three = splitEvenly(addEntity(two))
  expect(percents(three)).toEqual(['34', '33', '33'])
  expect(percents(removeEntity(three, three[0]!.key))).toEqual(['67', '33'])
  expect(percents(removeEntity(three, three[2]!.key))).toEqual(['67', '33'])
  expect(new Set(three.map(({ key }) => key)).size).toBe(3)
})

test('percentages are integers from 0 to 100', () => {
  expect(['0', ' 7 ', '100'].map((percent) => percentOf(entity({ percent })))).toEqual([0, 7, 100])
  for (const percent of ['', '-1', '1.5', '101', '1e1', 'x'])
    expect(percentOf(entity({ percent })), percent).toBeNaN()
  expect(sumOf([entity({ percent: '60' }), entity({ percent: '' })])).toBeNaN()
})

test('the default name has the characters that the server allows', () => {
  expect(nameOf(entity({ model: 'main.movies', version: '@champion' }))).toBe('main_movies-champion')
  expect(nameOf(entity({ name: ' own ' }))).toBe('own')
  expect(nameOf(entity({ version: '' }))).toBe('')
})

test('names the fields with problems as the API does', () => {
  expect(problemsOf([entity({ percent: '100' })], 'films')).toEqual({})
  expect(problemsOf(newDraft(), '')).toEqual({
    name: 'required',
    'served_entities[0].entity_name': 'required',
    'served_entities[0].entity_version': 'required',
  })
  expect(problemsOf([entity({ percent: '60' }), entity({ percent: 'x', name: 'a b' })], 'a b')).toEqual({
    name: 'name',
    'served_entities[1].name': 'name',
    'traffic_config.routes[1]': 'percent',
    traffic_config: 'sum',
  })
  expect(problemsOf([entity({ percent: '50' }), entity({ percent: '50' })])).toEqual({
    'served_entities[1].name': 'duplicateName',
  })
})

test.each([
  [400, "Invalid value 'x y' for parameter 'name' supplied: only letters.", 'name'],
  [400, "'config.served_entities[1].entity_version' is not supported.", 'served_entities[1].entity_version'],
  [400, "'traffic_config.routes[0]' names 'x', which is not a served entity.", 'traffic_config.routes[0]'],
  [
    400,
    "Invalid value -1 for parameter 'config.traffic_config.routes[2].traffic_percentage' supplied",
    'traffic_config.routes[2]',
  ],
  [400, 'The traffic percentages must add up to 100, not 90.', 'traffic_config'],
  [400, "'rate_limits[0].calls' is too large.", 'rate_limits'],
  [
    400,
    "'email_notifications.on_update_failure[1]' cannot be called.",
    'email_notifications.on_update_failure',
  ],
  [400, "'served_entities' must have different names.", undefined],
  [403, "User lacks READ MODELS on 'name'.", undefined],
])('an error %i of the server belongs to its field: %s', (status, message, field) => {
  const found = fieldError(new RequestError(status, 'INVALID_PARAMETER_VALUE', message))
  expect(found).toEqual(field && { [field]: message })
})

test('a name that is taken belongs to the name field', () => {
  const message = "Endpoint with name 'films' already exists."
  expect(fieldError(new RequestError(400, 'RESOURCE_ALREADY_EXISTS', message))).toEqual({ name: message })
  expect(fieldError(new Error('other'))).toBeUndefined()
})

test('lists what a draft changes', () => {
  const before = configOf([entity({ name: 'main', percent: '100' })])
  expect(configChanges(before, before)).toEqual([])
  const after = configOf([entity({ name: 'main', version: '2', percent: '90' }), entity({ percent: '10' })])
  expect(configChanges(before, after)).toEqual([
    { field: 'main.entity_version', before: '1', after: '2' },
    { field: 'main.traffic_percentage', before: '100', after: '90' },
    { field: 'movies-1.entity_name', after: 'movies' },
    { field: 'movies-1.entity_version', after: '1' },
    { field: 'movies-1.scale_to_zero_enabled', after: 'false' },
    { field: 'movies-1.traffic_percentage', after: '10' },
  ])
})

test('converts limits and webhooks from and to their fields', () => {
  const settings = settingsOf({
    ...anEndpoint('e', []),
    rate_limits: [
      { calls: 100, renewal_period: 'minute' },
      { calls: 5, key: 'user', renewal_period: 'minute' },
    ],
    email_notifications: { on_update_failure: ['https://a.example/', 'https://b.example/'] },
  })
  expect(settings).toEqual({
    endpointCalls: '100',
    userCalls: '5',
    onSuccess: '',
    onFailure: 'https://a.example/\nhttps://b.example/',
  })
  expect(rateLimitsOf({ ...settings, userCalls: ' ' })).toEqual([
    { calls: 100, key: 'endpoint', renewal_period: 'minute' },
  ])
  expect(notificationsOf({ ...settings, onFailure: ' https://a.example/ \n\n' })).toEqual({
    on_update_failure: ['https://a.example/'],
  })
})

import { describe, expect, test } from 'vitest'
import { parseConfig } from './config.js'

const entity = (entity_version: string, name?: string) => ({
  entity_name: 'movies',
  entity_version,
  ...(name && { name }),
})

describe('an endpoint configuration', () => {
  test('names its entities and sends all traffic to the only one', () => {
    const config = parseConfig({ served_entities: [entity('@champion')] })
    expect(config.entities[0]).toMatchObject({
      name: 'movies-champion',
      entity_version: '@champion',
      workload_size: 'Small',
      scale_to_zero_enabled: false,
    })
    expect(config.routes).toEqual([{ served_model_name: 'movies-champion', traffic_percentage: 100 }])
  })

  test('accepts the older served_models', () => {
    expect(
      parseConfig({ served_models: [{ model_name: 'movies', model_version: '3' }] }).entities[0],
    ).toMatchObject({ name: 'movies-3', entity_name: 'movies' })
  })

  test('keeps environment variables with their writer, and shows what was submitted', () => {
    const environment_vars = { API_KEY: '{{secrets/team/key}}' }
    const { entities } = parseConfig({ served_entities: [{ ...entity('1'), environment_vars }] }, 'ada-id')
    expect(entities[0]!.environment).toEqual({ vars: environment_vars, principal_id: 'ada-id' })
  })

  test('keeps the writer with whose rights an alias is followed', () => {
    const input = {
      served_entities: [entity('1'), entity('@champion')],
      traffic_config: { routes: [{ served_model_name: 'movies-1', traffic_percentage: 100 }] },
    }
    expect(parseConfig(input, 'ada-id').entities.map(({ follower }) => follower)).toEqual([
      undefined,
      { principal_id: 'ada-id' },
    ])
  })

  test('refuses secrets for a version that others may move, but not other variables', () => {
    const of = (text: string) => ({
      served_entities: [entity('1'), { ...entity('@champion'), environment_vars: { A: '1', KEY: text } }],
      traffic_config: { routes: [{ served_model_name: 'movies-1', traffic_percentage: 100 }] },
    })
    expect(parseConfig(of('plain')).entities).toHaveLength(2)
    expect(() => parseConfig(of('x{{ secrets/team/key }}'))).toThrow(
      /'served_entities\[1\].environment_vars.KEY' must not refer to a secret.*version number/,
    )
  })

  test.each([
    [{}, /at least one/],
    [{ served_entities: [{ ...entity('1'), environment_vars: { 'A-B': 'x' } }] }, /environment_vars.*'A-B'/],
    [{ served_entities: [{ ...entity('1'), environment_vars: { HOME: '/x' } }] }, /environment_vars.*HOME/],
    [
      { served_entities: [{ ...entity('1'), environment_vars: { A: 'x'.repeat(5000) } }] },
      /environment_vars.A/,
    ],
    [{ served_entities: [entity('latest')] }, /served_entities\[0\].entity_version.*integer.*or @alias/],
    [{ served_entities: [entity('01')] }, /served_entities\[0\].entity_version.*leading zeros/],
    [{ served_models: [{ model_name: 'movies', model_version: '01' }] }, /served_models\[0\].model_version/],
    [{ served_entities: [entity('0')] }, /served_entities\[0\].entity_version/],
    [{ served_entities: [entity('1'), entity('1')] }, /different names/],
    [{ served_entities: [entity('1', 'a b')] }, /served_entities\[0\].name/],
    [{ served_entities: [{ ...entity('1'), workload_size: 'Tiny' }] }, /served_entities\[0\].workload_size/],
    [
      { served_entities: [{ ...entity('1'), workload_type: 'GPU_SMALL' }] },
      /served_entities\[0\].workload_type.*CPUs only/,
    ],
    [{ served_entities: Array.from({ length: 11 }, (_, i) => entity(String(i + 1))) }, /at most 10/],
    [
      {
        served_entities: [entity('1')],
        traffic_config: { routes: [{ served_model_name: 'x', traffic_percentage: 100 }] },
      },
      /not a served entity/,
    ],
    [
      {
        served_entities: [entity('1')],
        traffic_config: { routes: [{ served_model_name: 'movies-1', traffic_percentage: 90 }] },
      },
      /add up to 100, not 90/,
    ],
  ])('%j is rejected', (input, message) => {
    expect(() => parseConfig(input)).toThrow(message)
  })
})

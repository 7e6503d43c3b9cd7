import { expect, test } from 'vitest'
import { parseConfig } from '../endpoint-state/config.js'
import type { DeploymentRow } from '../schema.js'
import { changesBetween, pinnedConfig } from './deployment-wire.js'

const entity = (name: string, entity_version: string) => ({ name, entity_name: 'movies', entity_version })
const deployment = (input: Parameters<typeof parseConfig>[0], resolved: string | null = null) =>
  ({ config: JSON.stringify(parseConfig(input)), resolved }) as DeploymentRow

test('compares entities, their shares, stickiness and the shadow', () => {
  const before = deployment({ served_entities: [entity('a', '1'), entity('b', '1')] })
  const after = deployment({
    served_entities: [entity('a', '1'), entity('c', '@champion')],
    traffic_config: { sticky_by: 'user', shadow: { served_model_name: 'c', sampling_percentage: 10 } },
  })
  expect(changesBetween(before, before)).toEqual([])
  expect(changesBetween(before, after)).toEqual([
    { field: 'a.traffic_percentage', before: '50', after: '100' },
    ...['entity_name', 'entity_version', 'workload_size', 'workload_type', 'scale_to_zero_enabled'].map(
      (key) => ({
        field: `b.${key}`,
        before: expect.any(String),
      }),
    ),
    { field: 'b.traffic_percentage', before: '50' },
    { field: 'c.entity_name', after: 'movies' },
    { field: 'c.entity_version', after: '@champion' },
    ...['workload_size', 'workload_type', 'scale_to_zero_enabled'].map((key) => ({
      field: `c.${key}`,
      after: expect.any(String),
    })),
    { field: 'c.traffic_percentage', after: '0' },
    { field: 'traffic_config.sticky_by', after: 'user' },
    { field: 'traffic_config.shadow.served_model_name', after: 'c' },
    { field: 'traffic_config.shadow.sampling_percentage', after: '10' },
  ])
})

test('lists environment variables by name, without the principal whose rights read secrets', () => {
  const withKey = (value: string) =>
    deployment({ served_entities: [{ ...entity('a', '1'), environment_vars: { KEY: value } }] })
  expect(changesBetween(withKey('{{secrets/a/b}}'), withKey('{{secrets/a/c}}'))).toEqual([
    { field: 'a.environment_vars.KEY', before: '{{secrets/a/b}}', after: '{{secrets/a/c}}' },
  ])
})

test('pins aliases to the versions that they had, and keeps the traffic', () => {
  const resolved = JSON.stringify([{ name: 'a', version: '7', digest: 'd' }])
  const traffic_config = { sticky_by: 'user' }
  const pinned = pinnedConfig(
    deployment({ served_entities: [entity('a', '@champion')], traffic_config }, resolved),
  )
  expect(pinned).toMatchObject({ entities: [{ name: 'a', entity_version: '7' }], sticky_by: 'user' })
})

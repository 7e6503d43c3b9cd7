import type { EndpointDeployment } from '../api/deployments.js'
import type { ServingEndpoint } from '../api/endpoints.js'
import type { ModelVersion } from '../api/models.js'
import type { Run, RunInfo } from '../api/runs.js'
import { toRow } from '../runs/row.js'

interface Shape {
  readonly info?: Partial<RunInfo>
  readonly metrics?: Record<string, number | 'NaN'>
  readonly params?: Record<string, string>
  readonly tags?: Record<string, string>
}

const pairs = (record: Record<string, string> = {}) =>
  Object.entries(record).map(([key, value]) => ({ key, value }))

export function aRun({ info, metrics = {}, params, tags }: Shape = {}): Run {
  const run_id = info?.run_id ?? 'r1'
  return {
    info: {
      run_id,
      run_uuid: run_id,
      run_name: run_id,
      experiment_id: '1',
      user_id: '',
      status: 'FINISHED',
      start_time: 0,
      artifact_uri: '',
      lifecycle_stage: 'active',
      ...info,
    },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 })),
      params: pairs(params),
      tags: pairs(tags),
    },
    inputs: {},
  }
}

export const aRow = (shape?: Shape) => toRow(aRun(shape))

export const aVersion = (shape: Partial<ModelVersion>): ModelVersion => ({
  name: 'movies',
  version: '1',
  creation_timestamp: 0,
  last_updated_timestamp: 0,
  current_stage: 'None',
  description: '',
  source: '',
  run_id: '',
  run_link: '',
  status: 'READY',
  ...shape,
})

type Entity = NonNullable<ServingEndpoint['config']>['served_entities'][number]

export const anEntity = (shape: Partial<Entity>): Entity => ({
  name: 'movies-1',
  entity_name: 'movies',
  entity_version: '1',
  workload_size: 'Small',
  workload_type: 'CPU',
  scale_to_zero_enabled: false,
  state: { deployment: 'DEPLOYMENT_READY', deployment_state_message: '' },
  creator: 'owner',
  creation_timestamp: 0,
  ...shape,
})

export const anEndpoint = (name: string, entities: readonly Partial<Entity>[]): ServingEndpoint => ({
  id: name,
  name,
  creator: 'owner',
  creation_timestamp: 0,
  last_updated_timestamp: 0,
  state: { ready: 'READY', config_update: 'NOT_UPDATING' },
  config: {
    served_entities: entities.map(anEntity),
    served_models: [],
    traffic_config: { routes: [] },
    config_version: 1,
  },
  tags: [],
})

/** A successful deployment of `movies`. @param served the version of each entity with its share of traffic */
export const aDeployment = (
  number: number,
  served: Readonly<Record<string, readonly [version: string, percent: number]>>,
  shape: Partial<EndpointDeployment> = {},
): EndpointDeployment => ({
  number,
  config_version: number,
  active: false,
  outcome: 'SUCCEEDED',
  reason: 'updated',
  message: '',
  creator: 'owner',
  creation_timestamp: number,
  end_timestamp: number,
  served_entities: Object.entries(served).map(([name, [version, traffic_percentage]]) => ({
    name,
    entity_name: 'movies',
    entity_version: version,
    version,
    digest: `digest of ${version}`,
    traffic_percentage,
  })),
  promotions: [],
  ...shape,
})

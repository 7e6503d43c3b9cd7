import Type, { type Static } from 'typebox'
import { ServingEndpoint } from '../databricks/serving-endpoints.js'
import { operation } from '../operation.js'
import { MANAGE_ENDPOINT, VIEW_ENDPOINT } from '../rights.js'
import { Int64, OneOf, Required } from '../wire.js'
import { Promotion } from './promotions.js'

const BASE = '/api/cairn/v1/serving-endpoints/{name}'

/** A served entity of a deployment, with the version and the files that it resolved to. */
export const DeployedEntity = Type.Object({
  name: Type.String(),
  entity_name: Type.String(),
  /** The configured version, or `@alias`. */
  entity_version: Type.String(),
  /** The version; absent if the deployment ended before it was resolved. */
  version: Type.Optional(Type.String()),
  /** SHA-256 of the model's files. */
  digest: Type.Optional(Type.String()),
  traffic_percentage: Int64(),
})
export type DeployedEntity = Static<typeof DeployedEntity>

/** A change of what an endpoint serves: of its configuration, or of the version behind an alias that it follows. */
export const EndpointDeployment = Type.Object({
  number: Int64(),
  /** The version of the endpoint's configuration; absent unless the deployment succeeded. */
  config_version: Type.Optional(Int64()),
  active: Type.Boolean(),
  outcome: OneOf(['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED']),
  /** The cause, such as `created`, `alias champion moved from 3 to 4`, or `rolled back to 2`. */
  reason: Type.String(),
  /** The reason why it failed. */
  message: Type.String(),
  /** The principal; empty if an alias was moved without the gate. */
  creator: Type.String(),
  creation_timestamp: Int64(),
  end_timestamp: Type.Optional(Int64()),
  served_entities: Type.Array(DeployedEntity),
  /** The decisions of the promotion gate about the versions behind aliases. */
  promotions: Type.Array(Promotion),
})
export type EndpointDeployment = Static<typeof EndpointDeployment>

export const ListEndpointDeployments = operation({
  id: 'listEndpointDeployments',
  method: 'GET',
  path: `${BASE}/deployments`,
  summary: 'List the deployments of an endpoint, newest first',
  right: VIEW_ENDPOINT,
  input: Type.Object({
    name: Required(),
    max_results: Type.Optional(Int64({ minimum: 1, maximum: 1000 })),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    deployments: Type.Array(EndpointDeployment),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const DeploymentChange = Type.Object({
  /** The name of the setting, such as `movies.version` with the name of the served entity. */
  field: Type.String(),
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
})
export type DeploymentChange = Static<typeof DeploymentChange>

export const CompareEndpointDeployments = operation({
  id: 'compareEndpointDeployments',
  method: 'GET',
  path: `${BASE}/deployments/{number}/diff`,
  summary: 'List what a deployment changed in comparison with another',
  right: VIEW_ENDPOINT,
  input: Type.Object({
    name: Required(),
    number: Int64({ minimum: 1 }),
    against: Type.Optional(
      Int64({ minimum: 0, description: 'Default: the deployment before it. 0 for nothing.' }),
    ),
  }),
  output: Type.Object({ number: Int64(), against: Int64(), changes: Type.Array(DeploymentChange) }),
})

export const RollBackServingEndpoint = operation({
  id: 'rollBackServingEndpoint',
  method: 'POST',
  path: `${BASE}/rollback`,
  summary: 'Deploy what an earlier deployment served, with aliases replaced by the versions of that time',
  right: MANAGE_ENDPOINT,
  input: Type.Object({
    name: Required(),
    number: Type.Optional(
      Int64({ minimum: 1, description: 'Default: the last successful deployment before the active one.' }),
    ),
  }),
  output: ServingEndpoint,
})

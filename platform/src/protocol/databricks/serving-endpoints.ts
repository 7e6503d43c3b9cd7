import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { MANAGE_ENDPOINT as MANAGE, QUERY_ENDPOINT as QUERY, VIEW_ENDPOINT as VIEW } from '../rights.js'
import { Empty, Int64, OneOf, Required, Unsupported } from '../wire.js'
import { AiGateway, Notifications, RateLimits } from './serving-settings.js'

const CREATE = { privilege: 'CREATE ENDPOINT', on: 'metastore' } as const
const BASE = '/api/2.0/serving-endpoints'

const Name = Required({ maxLength: 255, description: 'Letters, digits, _ and -' })
const Text = () => Type.Optional(Type.String())

/** Variables whose values may refer to `{{secrets/scope/key}}`, which the author of the configuration must be able to read. */
const EnvironmentVars = Type.Optional(Type.Record(Type.String(), Type.String()))

const UNSUPPORTED_ENTITY_FIELDS = {
  external_model: Unsupported(),
  instance_profile_arn: Unsupported(),
  max_provisioned_concurrency: Unsupported(),
  max_provisioned_throughput: Unsupported(),
  min_provisioned_concurrency: Unsupported(),
  min_provisioned_throughput: Unsupported(),
  provisioned_model_units: Unsupported(),
}

export const ServedEntityInput = Type.Object({
  /** Default `{entity_name}-{entity_version}`. */
  name: Text(),
  entity_name: Required(),
  /** A version, or `@alias` to follow an alias of the registered model. */
  entity_version: Required(),
  workload_size: Text(),
  workload_type: Text(),
  scale_to_zero_enabled: Type.Optional(Type.Boolean()),
  environment_vars: EnvironmentVars,
  ...UNSUPPORTED_ENTITY_FIELDS,
})
export type ServedEntityInput = Static<typeof ServedEntityInput>

/** The older name, which Databricks still accepts. */
const ServedModelInput = Type.Object({
  name: Text(),
  model_name: Required(),
  model_version: Required(),
  workload_size: Text(),
  workload_type: Text(),
  scale_to_zero_enabled: Type.Optional(Type.Boolean()),
  environment_vars: EnvironmentVars,
  ...UNSUPPORTED_ENTITY_FIELDS,
})

const RouteInput = Type.Object({
  served_model_name: Text(),
  served_entity_name: Text(),
  traffic_percentage: Int64({ minimum: 0, maximum: 100 }),
})

const StickyBy = Type.Optional(
  Type.String({
    description:
      'Queries with the same value get the same entity: `user`, or `field:NAME` for a field of the first row',
  }),
)

/** An entity that also gets a share of the queries. Its answers are only compared. */
const ShadowInput = Type.Object({
  served_model_name: Text(),
  served_entity_name: Text(),
  sampling_percentage: Type.Optional(Int64({ minimum: 1, maximum: 100 })),
})

export const ConfigInput = Type.Object({
  served_entities: Type.Optional(Type.Array(ServedEntityInput)),
  served_models: Type.Optional(Type.Array(ServedModelInput)),
  traffic_config: Type.Optional(
    Type.Object({
      routes: Type.Optional(Type.Array(RouteInput)),
      sticky_by: StickyBy,
      shadow: Type.Optional(ShadowInput),
    }),
  ),
  auto_capture_config: Unsupported(),
})
export type ConfigInput = Static<typeof ConfigInput>

export const DeploymentState = Type.Union([
  Type.Literal('DEPLOYMENT_CREATING'),
  Type.Literal('DEPLOYMENT_READY'),
  Type.Literal('DEPLOYMENT_RECOVERING'),
  Type.Literal('DEPLOYMENT_FAILED'),
  Type.Literal('DEPLOYMENT_ABORTED'),
])
export type DeploymentState = Static<typeof DeploymentState>

const ServedEntity = Type.Object({
  name: Type.String(),
  entity_name: Type.String(),
  /** The served version, or the version that an alias resolved to. */
  entity_version: Type.String(),
  /** The followed alias. */
  entity_alias: Text(),
  workload_size: Type.String(),
  workload_type: Type.String(),
  scale_to_zero_enabled: Type.Boolean(),
  /** The variables as they were submitted, with references to secrets instead of their values. */
  environment_vars: EnvironmentVars,
  state: Type.Object({ deployment: DeploymentState, deployment_state_message: Type.String() }),
  creator: Type.String(),
  creation_timestamp: Int64(),
})
export type ServedEntity = Static<typeof ServedEntity>

const Route = Type.Object({
  served_model_name: Type.String(),
  served_entity_name: Type.String(),
  traffic_percentage: Int64(),
})
const Shadow = Type.Object({
  served_model_name: Type.String(),
  served_entity_name: Type.String(),
  sampling_percentage: Int64(),
})

const Config = Type.Object({
  served_entities: Type.Array(ServedEntity),
  served_models: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  traffic_config: Type.Object({
    routes: Type.Array(Route),
    sticky_by: StickyBy,
    shadow: Type.Optional(Shadow),
  }),
  config_version: Int64(),
  start_time: Type.Optional(Int64()),
})

const Tag = Type.Object({ key: Required(), value: Text() })

export const ServingEndpoint = Type.Object({
  id: Type.String(),
  name: Type.String(),
  creator: Type.String(),
  description: Text(),
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  state: Type.Object({ ready: Type.String(), config_update: Type.String() }),
  config: Type.Optional(Config),
  pending_config: Type.Optional(Config),
  tags: Type.Array(Tag),
  /** The highest level of the caller. */
  permission_level: Text(),
  endpoint_url: Text(),
  ai_gateway: Type.Optional(AiGateway),
  rate_limits: Type.Optional(RateLimits),
  email_notifications: Type.Optional(Notifications),
})
export type ServingEndpoint = Static<typeof ServingEndpoint>

/** The export of metrics, which can only be read at `…/metrics`. */
const SystemMetricsExport = Type.Optional(OneOf(['FIRST_PARTY_EXPORT_DISABLED']))

export const CreateServingEndpoint = operation({
  id: 'createServingEndpoint',
  method: 'POST',
  path: BASE,
  summary: 'Create an endpoint; it is deployed asynchronously',
  right: CREATE,
  input: Type.Object({
    name: Name,
    config: ConfigInput,
    tags: Type.Optional(Type.Array(Tag)),
    description: Text(),
    ai_gateway: Type.Optional(AiGateway),
    email_notifications: Type.Optional(Notifications),
    rate_limits: Type.Optional(RateLimits),
    uc_system_metrics_export_state: SystemMetricsExport,
    budget_policy_id: Unsupported(),
    route_optimized: Unsupported(),
    telemetry_config: Unsupported(),
  }),
  output: ServingEndpoint,
})

export const ListServingEndpoints = operation({
  id: 'listServingEndpoints',
  method: 'GET',
  path: BASE,
  summary: 'List the endpoints that the caller may see',
  right: { ...VIEW, filtered: true },
  input: Type.Object({}),
  output: Type.Object({ endpoints: Type.Array(ServingEndpoint) }),
})

export const GetServingEndpoint = operation({
  id: 'getServingEndpoint',
  method: 'GET',
  path: `${BASE}/{name}`,
  summary: 'Get an endpoint',
  right: VIEW,
  input: Type.Object({ name: Name }),
  output: ServingEndpoint,
})

export const UpdateServingEndpointConfig = operation({
  id: 'updateServingEndpointConfig',
  method: 'PUT',
  path: `${BASE}/{name}/config`,
  summary: 'Deploy another configuration; the current one is served until it is ready',
  right: MANAGE,
  input: Type.Object({ name: Name, ...ConfigInput.properties }),
  output: ServingEndpoint,
})

export const PatchServingEndpointTags = operation({
  id: 'patchServingEndpointTags',
  method: 'PATCH',
  path: `${BASE}/{name}/tags`,
  summary: 'Add and delete tags of an endpoint',
  right: MANAGE,
  input: Type.Object({
    name: Name,
    add_tags: Type.Optional(Type.Array(Tag)),
    delete_tags: Type.Optional(Type.Array(Type.String())),
  }),
  output: Type.Object({ tags: Type.Array(Tag) }),
})

export const PatchTelemetryConfig = operation({
  id: 'patchEndpointTelemetryConfig',
  method: 'PATCH',
  path: `${BASE}/{name}/telemetry-config`,
  summary: 'Accepts only an absent telemetry configuration, because telemetry is not exported',
  right: MANAGE,
  input: Type.Object({ name: Name, telemetry_config: Unsupported() }),
  output: ServingEndpoint,
})

export const PatchSystemMetricsExport = operation({
  id: 'patchEndpointSystemMetricsExport',
  method: 'PATCH',
  path: `${BASE}/{name}/system-metrics-export-state`,
  summary: 'Accepts only FIRST_PARTY_EXPORT_DISABLED, because metrics are not exported',
  right: MANAGE,
  input: Type.Object({ name: Name, uc_system_metrics_export_state: SystemMetricsExport }),
  output: ServingEndpoint,
})

/** Returns metrics in the text format of Prometheus. */
export const GetServingEndpointMetrics = operation({
  id: 'getServingEndpointMetrics',
  method: 'GET',
  path: `${BASE}/{name}/metrics`,
  summary: 'Get the metrics of an endpoint in Prometheus format, of the process that responds',
  right: VIEW,
  input: Type.Object({ name: Name }),
  output: Type.String(),
})

export const GetServingEndpointOpenApi = operation({
  id: 'getServingEndpointOpenApi',
  method: 'GET',
  path: `${BASE}/{name}/openapi`,
  summary: 'Get the OpenAPI document of the queries of an endpoint',
  right: VIEW,
  input: Type.Object({ name: Name }),
  output: Type.Record(Type.String(), Type.Unknown()),
})

export const DeleteServingEndpoint = operation({
  id: 'deleteServingEndpoint',
  method: 'DELETE',
  path: `${BASE}/{name}`,
  summary: 'Delete an endpoint',
  right: MANAGE,
  input: Type.Object({ name: Name }),
  output: Empty,
})

/** MLflow's scoring protocol: exactly one of the four data fields. */
export const InvocationInput = Type.Object({
  dataframe_split: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  dataframe_records: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  instances: Type.Optional(Type.Array(Type.Unknown())),
  inputs: Type.Optional(Type.Unknown()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  client_request_id: Text(),
})
export type InvocationInput = Static<typeof InvocationInput>

/** A list with one entry per row, or for tensors an object of the model's outputs. */
const Predictions = Type.Object({ predictions: Type.Unknown() })

export const QueryServingEndpoint = operation({
  id: 'queryServingEndpoint',
  method: 'POST',
  path: '/serving-endpoints/{name}/invocations',
  summary: 'Query an endpoint; the header served-model-name contains the served entity that responded',
  right: QUERY,
  scope: 'serving:{name}',
  input: Type.Object({ name: Name, ...InvocationInput.properties }),
  output: Predictions,
})

export const QueryServedEntity = operation({
  id: 'queryServedEntity',
  method: 'POST',
  path: '/serving-endpoints/{name}/served-models/{served_model_name}/invocations',
  summary: 'Query one served entity, regardless of the traffic split',
  right: QUERY,
  scope: 'serving:{name}',
  input: Type.Object({ name: Name, served_model_name: Required(), ...InvocationInput.properties }),
  output: Predictions,
})

import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { MANAGE_ENDPOINT } from '../rights.js'
import { Int64, OneOf, Required, Unsupported } from '../wire.js'

const ENDPOINT = '/api/2.0/serving-endpoints/{name}'
const MAX_LIMITS = 20
const MAX_RECIPIENTS = 10

const Calls = Int64({ minimum: 0, maximum: 1_000_000_000 })
const Period = OneOf(['minute'])

/** The limit of all callers together, or of each user. */
export const RateLimit = Type.Object({
  calls: Calls,
  /** Default `endpoint`. */
  key: Type.Optional(OneOf(['user', 'endpoint'])),
  renewal_period: Period,
})
export type RateLimit = Static<typeof RateLimit>
export const RateLimits = Type.Array(RateLimit, { maxItems: MAX_LIMITS })

export const AiGatewayRateLimit = Type.Object({
  calls: Calls,
  /** Default `endpoint`. */
  key: Type.Optional(OneOf(['user', 'user_group', 'service_principal', 'endpoint'])),
  /** The user, group or service principal that the limit is for. Without it, the key `user` is for all users. */
  principal: Type.Optional(Type.String()),
  renewal_period: Period,
  tokens: Unsupported(),
})
export type AiGatewayRateLimit = Static<typeof AiGatewayRateLimit>

const Switch = Type.Object({ enabled: Type.Optional(Type.Boolean()) })

/** The table in which requests and responses are recorded: `{catalog_name}.{schema_name}.{table_name_prefix}_payload`. */
export const InferenceTableConfig = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  catalog_name: Type.Optional(Type.String()),
  schema_name: Type.Optional(Type.String()),
  /** The default is the name of the endpoint. */
  table_name_prefix: Type.Optional(Type.String({ maxLength: 200 })),
  /** The share of queries that is recorded. Default 1. */
  sampling_fraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** The time after which rows are deleted. Default: never. */
  retention_days: Type.Optional(Int64({ minimum: 1, maximum: 36_500 })),
})
export type InferenceTableConfig = Static<typeof InferenceTableConfig>

export const AiGateway = Type.Object({
  rate_limits: Type.Optional(Type.Array(AiGatewayRateLimit, { maxItems: MAX_LIMITS })),
  usage_tracking_config: Type.Optional(Switch),
  inference_table_config: Type.Optional(InferenceTableConfig),
  guardrails: Unsupported(),
  fallback_config: Type.Optional(Type.Object({ enabled: Unsupported() })),
})
export type AiGateway = Static<typeof AiGateway>

const Recipients = Type.Optional(Type.Array(Required({ maxLength: 2000 }), { maxItems: MAX_RECIPIENTS }))

/** URLs that are called after each deployment. Databricks' field is for e-mail addresses, hence its name. */
export const Notifications = Type.Object({ on_update_success: Recipients, on_update_failure: Recipients })
export type Notifications = Static<typeof Notifications>

export const PutRateLimits = operation({
  id: 'putEndpointRateLimits',
  method: 'PUT',
  path: `${ENDPOINT}/rate-limits`,
  summary: 'Replace the rate limits of an endpoint; those of the AI gateway are separate',
  right: MANAGE_ENDPOINT,
  input: Type.Object({ name: Required(), rate_limits: Type.Optional(RateLimits) }),
  output: Type.Object({ rate_limits: RateLimits }),
})

export const PutAiGateway = operation({
  id: 'putEndpointAiGateway',
  method: 'PUT',
  path: `${ENDPOINT}/ai-gateway`,
  summary: 'Replace rate limits, usage tracking and the inference table of an endpoint',
  right: MANAGE_ENDPOINT,
  input: Type.Object({ name: Required(), ...AiGateway.properties }),
  output: AiGateway,
})

export const UpdateNotifications = operation({
  id: 'updateEndpointNotifications',
  method: 'PATCH',
  path: `${ENDPOINT}/notifications`,
  summary: 'Replace the URLs that are called after each deployment of an endpoint',
  right: MANAGE_ENDPOINT,
  input: Type.Object({ name: Required(), email_notifications: Type.Optional(Notifications) }),
  output: Type.Object({ name: Type.String(), email_notifications: Notifications }),
})

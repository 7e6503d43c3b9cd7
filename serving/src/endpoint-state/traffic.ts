import { invalid } from '@cairn/platform/errors'
import type { ConfigInput } from '@cairn/platform/protocol/databricks/serving-endpoints'

export interface RouteConfig {
  readonly served_model_name: string
  readonly traffic_percentage: number
}

/** Sends a share of the queries to another entity too, whose answers are compared and not returned. */
export interface ShadowConfig {
  readonly served_model_name: string
  readonly sampling_percentage: number
}

export interface TrafficConfig {
  readonly routes: readonly RouteConfig[]
  /** Queries with the same value get the same entity: `user`, or `field:NAME` for a field of the first row. */
  readonly sticky_by?: string
  readonly shadow?: ShadowConfig
}

/** Validates how queries are distributed. @param names of the served entities. @throws INVALID_PARAMETER_VALUE */
export function parseTraffic({ traffic_config }: ConfigInput, names: ReadonlySet<string>): TrafficConfig {
  const { routes = [], sticky_by, shadow } = traffic_config ?? {}
  const parsedShadow = shadow && parseShadow(shadow, names)
  const routed = [...names].filter((name) => name !== parsedShadow?.served_model_name)
  return {
    routes: routes.length > 0 ? parseRoutes(routes, names) : evenRoutes(routed),
    ...(sticky_by !== undefined && { sticky_by: parseStickyBy(sticky_by) }),
    ...(parsedShadow && { shadow: parsedShadow }),
  }
}

type RoutesInput = NonNullable<NonNullable<ConfigInput['traffic_config']>['routes']>
type ShadowInput = NonNullable<NonNullable<ConfigInput['traffic_config']>['shadow']>

function parseRoutes(submitted: RoutesInput, names: ReadonlySet<string>): RouteConfig[] {
  const routes = submitted.map(({ served_model_name, served_entity_name, traffic_percentage }, index) => {
    const name = served_entity_name ?? served_model_name ?? ''
    if (!names.has(name))
      throw invalid(`'traffic_config.routes[${index}]' names '${name}', which is not a served entity.`)
    return { served_model_name: name, traffic_percentage }
  })
  const sum = routes.reduce((total, route) => total + route.traffic_percentage, 0)
  if (sum !== 100) throw invalid(`The traffic percentages must add up to 100, not ${sum}.`)
  return routes
}

function evenRoutes(names: readonly string[]): RouteConfig[] {
  if (names.length === 0) throw invalid("'traffic_config.shadow' needs another served entity that answers.")
  const share = Math.floor(100 / names.length)
  return names.map((served_model_name, i) => ({
    served_model_name,
    traffic_percentage: i === 0 ? 100 - share * (names.length - 1) : share,
  }))
}

function parseStickyBy(value: string): string {
  if (/^(user|field:.{1,255})$/.test(value)) return value
  throw invalid("'traffic_config.sticky_by' must be 'user', or 'field:NAME' for a field of the first row.")
}

function parseShadow(input: ShadowInput, names: ReadonlySet<string>): ShadowConfig {
  const name = input.served_entity_name ?? input.served_model_name ?? ''
  if (!names.has(name))
    throw invalid(`'traffic_config.shadow' names '${name}', which is not a served entity.`)
  return { served_model_name: name, sampling_percentage: input.sampling_percentage ?? 100 }
}

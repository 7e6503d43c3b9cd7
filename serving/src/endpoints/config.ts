import { invalid } from '@cairn/platform/errors'
import type { ConfigInput, ServedEntityInput } from '@cairn/platform/protocol/serving-endpoints'

/** A served entity of an endpoint: the model, and the name that routes use. */
export interface EntityConfig {
  readonly name: string
  readonly entity_name: string
  /** As submitted: a version number, or `@alias`. */
  readonly entity_version: string
  readonly workload_size: string
  readonly workload_type: string
  readonly scale_to_zero_enabled: boolean
}

export interface RouteConfig {
  readonly served_model_name: string
  readonly traffic_percentage: number
}

export interface EndpointConfig {
  readonly entities: readonly EntityConfig[]
  readonly routes: readonly RouteConfig[]
}

const MAX_ENTITIES = 10
const SIZES = ['Small', 'Medium', 'Large']
const TYPES = ['CPU', 'CPU_MEDIUM', 'CPU_LARGE']

/** Validates the configuration in a create or update request and fills in defaults. @throws INVALID_PARAMETER_VALUE */
export function parseConfig(input: ConfigInput): EndpointConfig {
  const entities = submittedEntities(input).map(parseEntity)
  if (entities.length === 0)
    throw invalid("Missing value for required parameter 'served_entities'. An endpoint serves at least one.")
  if (entities.length > MAX_ENTITIES)
    throw invalid(`'served_entities' may have at most ${MAX_ENTITIES} entries, got ${entities.length}.`)
  const names = new Set(entities.map((entity) => entity.name))
  if (names.size < entities.length) throw invalid("'served_entities' must have different names.")
  return { entities, routes: parseRoutes(input, names) }
}

const submittedEntities = ({ served_entities, served_models }: ConfigInput): readonly ServedEntityInput[] =>
  served_entities ??
  served_models?.map(({ model_name, model_version, ...rest }) => ({
    ...rest,
    entity_name: model_name,
    entity_version: model_version,
  })) ??
  []

function parseEntity(input: ServedEntityInput, index: number): EntityConfig {
  const { entity_name, entity_version } = input
  if (!/^(\d+|@[\w-]+)$/.test(entity_version))
    throw invalid(
      `Invalid value "${entity_version}" for parameter 'served_entities[${index}].entity_version' supplied: it must be a version number, or @alias.`,
    )
  const name = input.name ?? `${entity_name}-${entity_version.replace('@', '')}`.replaceAll(/[^\w-]/g, '_')
  if (!/^[\w-]{1,255}$/.test(name))
    throw invalid(
      `Invalid value "${name}" for parameter 'served_entities[${index}].name' supplied: only letters, digits, _ and -.`,
    )
  return {
    name,
    entity_name,
    entity_version,
    ...parseWorkload(input, `served_entities[${index}]`),
    scale_to_zero_enabled: input.scale_to_zero_enabled ?? false,
  }
}

function parseWorkload({ workload_size = 'Small', workload_type = 'CPU' }: ServedEntityInput, field: string) {
  if (!SIZES.includes(workload_size))
    throw invalid(`'${field}.workload_size' must be one of ${SIZES.join(', ')}.`)
  if (!TYPES.includes(workload_type))
    throw invalid(
      `'${field}.workload_type' must be one of ${TYPES.join(', ')}: models are served on processors only.`,
    )
  return { workload_size, workload_type }
}

function parseRoutes({ traffic_config }: ConfigInput, names: ReadonlySet<string>): RouteConfig[] {
  const submitted = traffic_config?.routes ?? []
  if (submitted.length === 0) return evenRoutes([...names])
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
  const share = Math.floor(100 / names.length)
  return names.map((served_model_name, i) => ({
    served_model_name,
    traffic_percentage: i === 0 ? 100 - share * (names.length - 1) : share,
  }))
}

import { invalid } from '@cairn/platform/errors'
import type { ConfigInput, ServedEntityInput } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { secretReferences } from '@cairn/platform/secrets/references'
import type { EndpointRow } from '../schema.js'
import { parseTraffic, type TrafficConfig } from './traffic.js'

/** A served entity of an endpoint: the model, and the name that routes use. */
export interface EntityConfig {
  readonly name: string
  readonly entity_name: string
  /** As submitted: a version number, or `@alias`. */
  readonly entity_version: string
  readonly workload_size: string
  readonly workload_type: string
  readonly scale_to_zero_enabled: boolean
  /** Absent without an alias. */
  readonly follower?: Follower
  /** Absent without variables. */
  readonly environment?: EntityEnvironment
}

/** With whose rights an alias is followed, and of which model. */
export interface Follower {
  /** The id of the principal with whose rights the alias is followed: the one that wrote the configuration. */
  readonly principal_id: string
  /** When the model was created: another one may get its name. Absent if the registry could not be reached. */
  readonly model_created?: number
}

/** Environment variables, with references to secrets. */
export interface EntityEnvironment {
  readonly vars: Readonly<Record<string, string>>
  /** The id of the principal with whose rights secrets are read: the one that wrote the configuration. */
  readonly principal_id: string
}

/** The alias that an entity follows; undefined for a version number. */
export const aliasOf = ({ entity_version }: Pick<EntityConfig, 'entity_version'>): string | undefined =>
  entity_version.startsWith('@') ? entity_version.slice(1) : undefined

export interface EndpointConfig extends TrafficConfig {
  readonly entities: readonly EntityConfig[]
}

const MAX_ENTITIES = 10
const SIZES = ['Small', 'Medium', 'Large']
const TYPES = ['CPU', 'CPU_MEDIUM', 'CPU_LARGE']

/**
 * Validates the configuration in a create or update request and fills in defaults.
 *
 * @param principalId the writer, with whose rights secrets are read and aliases followed
 * @throws INVALID_PARAMETER_VALUE
 */
export function parseConfig(input: ConfigInput, principalId = ''): EndpointConfig {
  const entities = submittedEntities(input).map((entity, index) =>
    parseEntity(entity, index, principalId, input.served_entities ? ENTITY_FIELDS : MODEL_FIELDS),
  )
  if (entities.length === 0)
    throw invalid("Missing value for required parameter 'served_entities'. An endpoint serves at least one.")
  if (entities.length > MAX_ENTITIES)
    throw invalid(`'served_entities' may have at most ${MAX_ENTITIES} entries, got ${entities.length}.`)
  const names = new Set(entities.map((entity) => entity.name))
  if (names.size < entities.length) throw invalid("'served_entities' must have different names.")
  return { entities, ...parseTraffic(input, names) }
}

const submittedEntities = ({ served_entities, served_models }: ConfigInput): readonly ServedEntityInput[] =>
  served_entities ??
  served_models?.map(({ model_name, model_version, ...rest }) => ({
    ...rest,
    entity_name: model_name,
    entity_version: model_version,
  })) ??
  []

/** How a request spells the list and the version, for messages. */
const ENTITY_FIELDS = { list: 'served_entities', version: 'entity_version' }
const MODEL_FIELDS = { list: 'served_models', version: 'model_version' }

function parseEntity(
  input: ServedEntityInput,
  index: number,
  principal_id: string,
  { list, version }: typeof ENTITY_FIELDS,
): EntityConfig {
  const field = `${list}[${index}]`
  const { entity_name, entity_version } = input
  if (!/^([1-9]\d*|@[\w-]+)$/.test(entity_version))
    throw invalid(
      `Invalid value "${entity_version}" for parameter '${field}.${version}' supplied: it must be a positive integer without leading zeros, or @alias.`,
    )
  const vars = parseVariables(input, field)
  const withSecret = secretWithAlias(input, vars)
  if (withSecret !== undefined)
    throw invalid(`'${field}.environment_vars.${withSecret}' ${NO_SECRETS_WITH_ALIAS}`)
  const name = input.name ?? `${entity_name}-${entity_version.replace('@', '')}`.replaceAll(/[^\w-]/g, '_')
  if (!/^[\w-]{1,255}$/.test(name))
    throw invalid(
      `Invalid value "${name}" for parameter '${field}.name' supplied: only letters, digits, _ and -.`,
    )
  return {
    name,
    entity_name,
    entity_version,
    ...parseWorkload(input, field),
    scale_to_zero_enabled: input.scale_to_zero_enabled ?? false,
    ...(entity_version.startsWith('@') && principal_id && { follower: { principal_id } }),
    ...(vars && { environment: { vars, principal_id } }),
  }
}

/** Anyone who may move the alias would choose the code that reads the secrets of the configuration's writer. */
export const NO_SECRETS_WITH_ALIAS =
  'must not refer to a secret while the version is an @alias, which others may move to their own code: name a version number.'

/** The first variable that refers to a secret, if the entity follows an alias. */
export const secretWithAlias = (
  entity: Pick<EntityConfig, 'entity_version'>,
  vars: Readonly<Record<string, string>> = {},
) =>
  aliasOf(entity) === undefined
    ? undefined
    : Object.keys(vars).find((name) => secretReferences(vars[name]!).length > 0)

const MAX_VARIABLES = 50
const MAX_VALUE_LENGTH = 4_096
/** The server sets these itself. */
const RESERVED = ['PATH', 'HOME', 'TMPDIR']

function parseVariables({ environment_vars = {} }: ServedEntityInput, field: string) {
  const entries = Object.entries(environment_vars)
  if (entries.length > MAX_VARIABLES)
    throw invalid(`'${field}.environment_vars' may have at most ${MAX_VARIABLES} entries.`)
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_]\w{0,127}$/.test(name) || RESERVED.includes(name))
      throw invalid(
        `'${field}.environment_vars' may not have the name '${name.slice(0, 200)}': use letters, digits and _, and none of ${RESERVED.join(', ')}.`,
      )
    if (value.length > MAX_VALUE_LENGTH || value.includes('\0'))
      throw invalid(`'${field}.environment_vars.${name}' must have at most ${MAX_VALUE_LENGTH} characters.`)
  }
  return entries.length > 0 ? environment_vars : undefined
}

function parseWorkload({ workload_size = 'Small', workload_type = 'CPU' }: ServedEntityInput, field: string) {
  if (!SIZES.includes(workload_size))
    throw invalid(`'${field}.workload_size' must be one of ${SIZES.join(', ')}.`)
  if (!TYPES.includes(workload_type))
    throw invalid(
      `'${field}.workload_type' must be one of ${TYPES.join(', ')}: models are served on CPUs only.`,
    )
  return { workload_size, workload_type }
}

/** Returns whether the active or the proposed configuration of an endpoint has a served entity of this name. */
export const hasEntity = ({ config, pending }: EndpointRow, entity: string): boolean =>
  [config, pending].some(
    (json) =>
      json !== null && (JSON.parse(json) as EndpointConfig).entities.some(({ name }) => name === entity),
  )

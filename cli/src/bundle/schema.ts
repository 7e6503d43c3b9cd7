import { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { CreateServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'

/** The kinds of resources in the order in which they are created. */
export const RESOURCE_KINDS = ['experiments', 'registered_models', 'jobs', 'model_serving_endpoints'] as const
export type ResourceKind = (typeof RESOURCE_KINDS)[number]

type JsonSchema = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const flag = { type: 'boolean' }
const object = (properties: JsonSchema, required: readonly string[] = []) => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
})
const mapOf = (value: JsonSchema) => ({
  ...{ type: 'object', additionalProperties: value, propertyNames: { pattern: '^[\\w-]+$' } },
})

const permissions = {
  type: 'array',
  items: {
    ...object({ level: text, user_name: text, group_name: text, service_principal_name: text }, ['level']),
    ...{ minProperties: 2, maxProperties: 2 },
    message: "'level', and one of 'user_name', 'group_name' and 'service_principal_name'",
  },
}

/** The settings of each kind: the inputs of the operations that create it, and who may do what with it. */
export const RESOURCE_SCHEMAS: Readonly<Record<ResourceKind, JsonSchema>> = {
  experiments: withPermissions(strict(CreateExperiment.input)),
  registered_models: withPermissions(strict(CreateRegisteredModel.input)),
  jobs: withPermissions(strict(JobSettings)),
  model_serving_endpoints: withPermissions(strict(CreateServingEndpoint.input)),
}

const resources = object(
  Object.fromEntries(RESOURCE_KINDS.map((kind) => [kind, mapOf(RESOURCE_SCHEMAS[kind])])),
)
const scalar = { type: ['string', 'number', 'boolean'] }
const workspace = object({ root_path: text })
const texts = { type: 'array', items: text }
const sync = object({ paths: texts, include: texts, exclude: texts })
const run_as = {
  ...object({ user_name: text, service_principal_name: text }),
  ...{ minProperties: 1, maxProperties: 1 },
}

const target = object({
  ...{ default: flag, mode: { enum: ['development', 'production'] }, workspace, resources },
  ...{ variables: mapOf(scalar), sync, run_as },
})

/** JSON Schema of `databricks.yml`, as far as it is supported. */
export const BUNDLE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'databricks.yml',
  ...object(
    {
      bundle: object({ name: { ...text, pattern: '^[\\w.-]{1,100}$' } }, ['name']),
      include: texts,
      variables: mapOf(object({ description: text, default: scalar })),
      ...{ workspace, sync, run_as, resources },
      targets: mapOf(target),
    },
    ['bundle'],
  ),
}

/** A file that `include` names. */
export const INCLUDED_SCHEMA = object({
  ...{ resources, variables: BUNDLE_SCHEMA.properties.variables, targets: mapOf(target) },
})

function withPermissions(schema: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...(schema.properties as JsonSchema), permissions } }
}

/** JSON Schema without this server's keywords, in which unknown fields are errors. */
function strict(schema: unknown): JsonSchema {
  if (Array.isArray(schema)) return schema.map(strict) as unknown as JsonSchema
  if (typeof schema !== 'object' || schema === null) return schema as unknown as JsonSchema
  const { 'x-unsupported': unsupported, ...rest } = schema as Record<string, unknown>
  if (unsupported) return { enum: [null, false], description: 'Not supported by this server.' }
  const entries = Object.entries(rest).filter(([name]) => !name.startsWith('x-') && name !== '~kind')
  const own = Object.fromEntries(entries.map(([name, value]) => [name, strict(value)]))
  return 'properties' in own ? { ...own, additionalProperties: false } : own
}

import { UNITY_CATALOG_REGISTRY, withOneSlash } from '@cairn/platform/http/unity-catalog-registry'
import type { ModelVersion, RegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkUnityCatalogName, hasUnityCatalogName } from './names.js'

interface Answer {
  readonly model_version?: ModelVersion
  readonly model_versions?: readonly ModelVersion[]
  readonly registered_models?: readonly RegisteredModel[]
}

/** Gives requests of Unity Catalog's registry the rules of its names and the format of its versions. */
export function answerAsUnityCatalog(app: FastifyInstance) {
  app.addHook('preHandler', async (request) => {
    if (!isOfUnityCatalog(request)) return
    const name = nameIn(request.body) ?? nameIn(request.query)
    if (name) checkUnityCatalogName(name)
  })
  app.addHook('preSerialization', async (request, _reply, payload) =>
    isOfUnityCatalog(request) ? toUnityCatalog(payload as Answer) : payload,
  )
}

const isOfUnityCatalog = ({ originalUrl }: FastifyRequest) =>
  withOneSlash(originalUrl).startsWith(UNITY_CATALOG_REGISTRY)

/** Schemas are checked later, so the input may be any value, such as a string of megabytes. */
function nameIn(input: unknown): string | undefined {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined
  return typeof name === 'string' ? name : undefined
}

/** Omits models whose names do not have three parts, so that pages of searches may be short. */
function toUnityCatalog(answer: Answer): object {
  const { model_version, model_versions, registered_models } = answer
  if (model_version) return { ...answer, model_version: withAliases(model_version) }
  if (model_versions)
    return { ...answer, model_versions: model_versions.filter(hasUnityCatalogName).map(withAliases) }
  return registered_models
    ? { ...answer, registered_models: registered_models.filter(hasUnityCatalogName) }
    : answer
}

/** Unity Catalog repeats the version in each of its aliases. */
const withAliases = ({ aliases, ...version }: ModelVersion) => ({
  ...version,
  ...(aliases && { aliases: aliases.map((alias) => ({ alias, version: version.version })) }),
})

import { UNITY_CATALOG_REGISTRY, withOneSlash } from '@cairn/platform/http/unity-catalog-registry'
import type { ModelVersion, RegisteredModel } from '@cairn/platform/protocol/registered-models'
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

/** Operations check bodies later: this one may be a text of megabytes. */
function nameIn(input: unknown): string | undefined {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined
  return typeof name === 'string' ? name : undefined
}

/** Pages of searches may be short: models whose name has other parts are not in Unity Catalog. */
function toUnityCatalog(answer: Answer): object {
  const { model_version, model_versions, registered_models } = answer
  if (model_version) return { ...answer, model_version: withAliases(model_version) }
  if (model_versions)
    return { ...answer, model_versions: model_versions.filter(hasUnityCatalogName).map(withAliases) }
  return registered_models
    ? { ...answer, registered_models: registered_models.filter(hasUnityCatalogName) }
    : answer
}

/** MLflow names the aliases of a version, Unity Catalog the version too. */
const withAliases = ({ aliases, ...version }: ModelVersion) => ({
  ...version,
  ...(aliases && { aliases: aliases.map((alias) => ({ alias, version: version.version })) }),
})

import { UNITY_CATALOG_REGISTRY } from '@cairn/platform/http/unity-catalog-registry'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkUnityCatalogName } from './names.js'

interface Answer {
  readonly model_version?: ModelVersion
  readonly model_versions?: readonly ModelVersion[]
}

/** Gives requests of Unity Catalog's registry the rules of its names and the format of its versions. */
export function answerAsUnityCatalog(app: FastifyInstance) {
  app.addHook('preHandler', async (request) => {
    if (!isOfUnityCatalog(request)) return
    const { name }: { name?: unknown } = { ...(request.query as object), ...(request.body as object) }
    if (typeof name === 'string' && name !== '') checkUnityCatalogName(name)
  })
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (!isOfUnityCatalog(request)) return payload
    const { model_version, model_versions } = payload as Answer
    if (model_version) return { ...(payload as Answer), model_version: withAliases(model_version) }
    return model_versions
      ? { ...(payload as Answer), model_versions: model_versions.map(withAliases) }
      : payload
  })
}

const isOfUnityCatalog = ({ originalUrl }: FastifyRequest) =>
  originalUrl.replace(/^\/{2,}/, '/').startsWith(UNITY_CATALOG_REGISTRY)

/** MLflow names the aliases of a version, Unity Catalog the version too. */
const withAliases = ({ aliases, ...version }: ModelVersion) => ({
  ...version,
  ...(aliases && { aliases: aliases.map((alias) => ({ alias, version: version.version })) }),
})

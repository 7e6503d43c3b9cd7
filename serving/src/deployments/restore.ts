import type { EndpointConfig, EntityConfig } from '../endpoint-state/config.js'
import { type ResolvedEntity, resolvedEntities } from '../endpoint-state/deployment-store.js'
import type { EndpointRow } from '../schema.js'
import { type DeploymentParts, newLoadedDeployment, resolvedEntity } from './deploy-pending.js'
import { releaseAll } from './entity-loading.js'
import { withReplacedModels } from './follow-aliases.js'
import type { LoadedDeployment } from './loaded-deployments.js'
import type { ServedModel } from './served-model.js'

/**
 * Loads the active deployment after a start, or after another process changed it: in the versions that it was deployed with,
 * which may differ from those behind the aliases now, and from the cache also while the registry is down.
 *
 * @returns whether all entities are served
 */
export async function restore(
  parts: DeploymentParts,
  row: EndpointRow,
  active: LoadedDeployment | undefined,
): Promise<boolean> {
  const { deployments, loading, endpoints } = parts
  const source = row.config!
  const config = JSON.parse(source) as EndpointConfig
  const recorded = await recordedEntities(parts, row)
  const versions = new Map(recorded.map(({ name, version }) => [name, version]))
  const digests = new Map(recorded.map(({ name, digest }) => [name, digest]))
  const kept = active?.source === source ? unchangedModels(active, versions) : []
  const missing = config.entities.filter(({ name }) => !kept.some(({ entity }) => entity.name === name))
  const { loaded } = await loading.loadAll(row, missing, { state: 'active', versions, digests })
  const isComplete = loaded.length === missing.length
  if (isComplete && recorded.length === 0 && row.deployment !== null)
    await parts.history.setResolved(
      { endpoint_id: row.id, number: row.deployment },
      loaded.map(resolvedEntity),
    )
  const next = newLoadedDeployment({ number: row.deployment, source, config }, [...kept, ...loaded], versions)
  if (deployments.find(row.id) === active && (isComplete || !active)) deployments.swap(row.id, next)
  else await releaseAll(loaded)
  endpoints.announceChange(row)
  return isComplete
}

async function recordedEntities(
  { history }: DeploymentParts,
  row: EndpointRow,
): Promise<readonly ResolvedEntity[]> {
  const recorded =
    row.deployment === null ? undefined : await history.find({ endpoint_id: row.id, number: row.deployment })
  return recorded ? resolvedEntities(recorded) : []
}

const unchangedModels = (active: LoadedDeployment, versions: ReadonlyMap<string, string>): ServedModel[] =>
  [...active.served.values()].filter(
    (served) => served.version === versions.get(served.entity.name) && isHealthy(served),
  )

export const isHealthy = ({ model }: ServedModel) => model.host.failure === undefined

/** The entities whose model is missing or has failed. */
export const unhealthyEntities = ({ config, served }: LoadedDeployment): EntityConfig[] =>
  config.entities.filter(({ name }) => {
    const present = served.get(name)
    return !present || !isHealthy(present)
  })

/** Loads the model of an entity again. @returns whether it is served */
export async function heal(
  { deployments, loading, endpoints }: DeploymentParts,
  row: EndpointRow,
  active: LoadedDeployment,
  entity: EntityConfig,
): Promise<boolean> {
  const present = active.served.get(entity.name)?.model
  const failure = present?.host.failure
  if (failure !== undefined)
    await loading.note(row, entity.name, `The model has failed: ${failure}. Restarting it.`)
  const { loaded } = await loading.loadAll(row, [entity], {
    state: 'active',
    versions: active.versions,
    ...(present && { digests: new Map([[entity.name, present.digest]]) }),
  })
  if (deployments.find(row.id) === active) deployments.swap(row.id, withReplacedModels(active, loaded))
  else await releaseAll(loaded)
  endpoints.announceChange(row)
  return loaded.length > 0
}

import { aliasOf, type EntityConfig } from '../endpoint-state/config.js'
import type { EndpointRow } from '../schema.js'
import {
  type DeploymentParts,
  newLoadedDeployment,
  resolvedEntity,
  TOO_MANY_CRASHES,
} from './deploy-pending.js'
import { releaseAll } from './entity-loading.js'
import { withLease } from './lease.js'
import type { LoadedDeployment } from './loaded-deployments.js'
import { findPromotions } from './promotions.js'
import type { ServedModel } from './served-model.js'

/** Entities whose alias refers to another version than the one that should be served. */
export interface AliasMove {
  readonly entities: readonly EntityConfig[]
  /** By name of the entity. */
  readonly versions: ReadonlyMap<string, string>
}

/** An alias that cannot be resolved has not moved. */
export async function findMove(
  { loading }: DeploymentParts,
  { config, versions }: LoadedDeployment,
): Promise<AliasMove | undefined> {
  const following = config.entities.filter((entity) => aliasOf(entity) !== undefined)
  const resolved = await Promise.all(
    following.map(async (entity) => ({
      entity,
      version: await loading.resolve(entity).catch(() => versions.get(entity.name)),
    })),
  )
  const moved = resolved.filter(({ entity, version }) => version !== versions.get(entity.name))
  if (moved.length === 0) return undefined
  return {
    entities: moved.map(({ entity }) => entity),
    versions: new Map(moved.map(({ entity, version }) => [entity.name, version!])),
  }
}

/**
 * Deploys the versions that aliases have moved to; the old ones are served until it succeeds. Does nothing while another process
 * loads them.
 *
 * @returns whether it failed
 */
export async function deployMove(
  parts: DeploymentParts,
  row: EndpointRow,
  active: LoadedDeployment,
  move: AliasMove,
): Promise<boolean> {
  const { endpoints, history, holder } = parts
  const reason = move.entities
    .map((entity) => {
      const [before, after] = [active.versions.get(entity.name), move.versions.get(entity.name)]
      return `alias ${aliasOf(entity)} moved ${before === undefined ? '' : `from ${before} `}to ${after}`
    })
    .join(', ')
  const number = await history.begin(row, { config: active.source, reason, creator: '' })
  if (number === undefined) return false
  const failed = await withLease(history, { endpoint_id: row.id, number }, holder, () =>
    loadMove(parts, row, active, { ...move, number }),
  )
  if (failed === 'taken') return false
  if (failed !== 'exhausted') return failed
  await endpoints.endMove(row, number, { outcome: 'FAILED', message: TOO_MANY_CRASHES, exhausted: true })
  endpoints.announceChange(row)
  return true
}

async function loadMove(
  { endpoints, history, deployments, loading, call }: DeploymentParts,
  row: EndpointRow,
  active: LoadedDeployment,
  { entities, versions, number }: AliasMove & { readonly number: number },
): Promise<boolean> {
  const promotions = await findPromotions(call, entities, versions)
  if (promotions.length > 0) await history.setPromotions({ endpoint_id: row.id, number }, promotions)
  const options = { state: 'active', versions, number, isMove: true } as const
  const { loaded, failures } = await loading.loadAll(row, entities, options)
  if (failures.length > 0) {
    for (const { name } of entities) keepServing(deployments, row, active.served.get(name))
    await endpoints.endMove(row, number, { outcome: 'FAILED', message: failures.join(' ') })
    endpoints.announceChange(row)
    await releaseAll(loaded)
    return true
  }
  const isCurrent = () => deployments.find(row.id) === active
  const next = withReplacedModels(active, loaded, { number, versions })
  const resolved = [...next.served.values()].map(resolvedEntity)
  const accepted = await endpoints.endMove(row, number, { outcome: 'SUCCEEDED', message: '', resolved })
  if (accepted && isCurrent()) deployments.swap(row.id, next)
  else await releaseAll(loaded)
  endpoints.announceChange(row)
  return false
}

/** Copies a deployment with other models for some of its entities. */
export const withReplacedModels = (
  active: LoadedDeployment,
  loaded: readonly ServedModel[],
  { number, versions }: Pick<LoadedDeployment, 'number' | 'versions'> = active,
): LoadedDeployment =>
  newLoadedDeployment(
    { number, source: active.source, config: active.config },
    active.config.entities.flatMap(
      ({ name }) => loaded.find(({ entity }) => entity.name === name) ?? active.served.get(name) ?? [],
    ),
    new Map([...active.versions, ...versions]),
  )

/** Adds to the failure that the previous version is still served. */
function keepServing(
  deployments: DeploymentParts['deployments'],
  row: EndpointRow,
  present: ServedModel | undefined,
) {
  if (!present) return
  const { entity, version } = present
  const { message } = deployments.status(row, 'active', entity)
  if (message === '' || message.endsWith('still served.')) return
  deployments.setStatus(row.id, 'active', entity.name, {
    deployment: 'DEPLOYMENT_FAILED',
    message: `${message} Version ${version} is still served.`,
  })
}

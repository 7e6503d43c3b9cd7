import type { Client } from '@cairn/platform/protocol/client'
import type { EndpointConfig } from '../endpoint-state/config.js'
import {
  type DeploymentStore,
  MAX_ATTEMPTS,
  type ResolvedEntity,
  resolvedEntities,
} from '../endpoint-state/deployment-store.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { DeploymentRow, EndpointRow } from '../schema.js'
import { type EntityLoading, releaseAll } from './entity-loading.js'
import { withLease } from './lease.js'
import type { LoadedDeployment, LoadedDeployments } from './loaded-deployments.js'
import { findPromotions } from './promotions.js'
import type { ServedModel } from './served-model.js'

export interface DeploymentParts {
  readonly endpoints: EndpointStore
  readonly history: DeploymentStore
  readonly deployments: LoadedDeployments
  readonly loading: EntityLoading
  readonly call: Client
  /** The holder of the leases of this process. */
  readonly holder: string
}

export const TOO_MANY_CRASHES = `The process ended ${MAX_ATTEMPTS} times while it loaded the models, so they are not loaded again.`

/**
 * Loads and warms up all entities of the proposed configuration, then swaps it in; a failure of any rejects it. Does nothing
 * while another process loads it.
 */
export async function deployPending(parts: DeploymentParts, row: EndpointRow): Promise<void> {
  const { endpoints, history, holder } = parts
  const key = { endpoint_id: row.id, number: row.pending_deployment! }
  const claim = await withLease(history, key, holder, () => loadPending(parts, row, key.number))
  if (claim === 'exhausted') await endpoints.reject(row, { message: TOO_MANY_CRASHES, exhausted: true })
}

async function loadPending(
  { endpoints, history, deployments, loading, call }: DeploymentParts,
  row: EndpointRow,
  number: number,
): Promise<void> {
  const config = JSON.parse(row.pending!) as EndpointConfig
  const known = await history.find({ endpoint_id: row.id, number })
  const { loaded, failures } = await loading.loadAll(row, config.entities, {
    state: 'pending',
    number,
    ...(known && { digests: digestsOf(known) }),
  })
  if (failures.length > 0) {
    for (const { entity } of loaded)
      deployments.setStatus(row.id, 'pending', entity.name, {
        deployment: 'DEPLOYMENT_ABORTED',
        message: 'Another served entity could not be deployed.',
      })
    await endpoints.reject(row, { message: failures.join(' ') })
    return releaseAll(loaded)
  }
  const next = newLoadedDeployment({ number, source: row.pending!, config }, loaded)
  const promotions = await findPromotions(call, config.entities, next.versions)
  if (promotions.length > 0) await history.setPromotions({ endpoint_id: row.id, number }, promotions)
  if (!(await endpoints.accept(row, loaded.map(resolvedEntity)))) return releaseAll(loaded)
  deployments.swap(row.id, next)
  for (const { name } of config.entities) deployments.setStatus(row.id, 'pending', name, undefined)
  endpoints.announceChange(row)
}

/** Creates a deployment with the loaded models. @param versions that should be served; default: those that are loaded */
export const newLoadedDeployment = (
  facts: Pick<LoadedDeployment, 'number' | 'source' | 'config'>,
  loaded: readonly ServedModel[],
  versions: ReadonlyMap<string, string> = new Map(),
): LoadedDeployment => ({
  ...facts,
  served: new Map(loaded.map((served) => [served.entity.name, served])),
  versions: new Map([...loaded.map(({ entity, version }) => [entity.name, version] as const), ...versions]),
})

/** The digests of the files by name of the entity, as far as they are recorded. */
const digestsOf = (deployment: DeploymentRow) =>
  new Map(resolvedEntities(deployment).map(({ name, digest }) => [name, digest]))

export const resolvedEntity = ({ entity, version, model }: ServedModel): ResolvedEntity => ({
  name: entity.name,
  version,
  digest: model.digest,
})

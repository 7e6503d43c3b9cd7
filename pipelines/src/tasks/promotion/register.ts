import { invalid } from '@cairn/platform/errors'
import { EVALUATION_TAGS } from '@cairn/platform/protocol/evaluation'
import { CHAMPION, GATED_ALIAS } from '@cairn/platform/protocol/promotions'
import { RegistryClient } from '@cairn/sdk/registry'
import Type from 'typebox'
import { defineTask, type TaskValues } from '../../engine/task.js'
import { trackingClient } from '../training/tracking.js'

interface Candidate {
  readonly run_id: string
  readonly run_name: string
  readonly model_id: string
  readonly kind: string
  readonly protocol: string
  readonly leak_flags: readonly unknown[]
  readonly ndcg_at_10: number
}

/**
 * Registers each trained model as a version, the best last, so that the gate can compare it with the others. A run is
 * registered only once.
 */
export const registerTask = defineTask({
  entry: 'models/register',
  parameters: Type.Object({ model: Type.String() }),
  async run(context) {
    const { model: name } = context.parameters
    const registry = new RegistryClient(trackingClient(context).transport)
    await registry.ensureModel(name)
    await registry.setModelTag(name, GATED_ALIAS, CHAMPION)
    const versions: string[] = []
    const candidates = rankCandidates(Object.values(context.values))
    for (const candidate of candidates) {
      const known = await findVersion(registry, name, candidate.run_id)
      const version = known ?? (await create(registry, name, candidate))
      const { run_name, kind, ndcg_at_10 } = candidate
      context.log.info(`${run_name} (${kind}, NDCG@10 ${ndcg_at_10.toFixed(4)}) is ${name} ${version}`)
      versions.push(version)
    }
    const best = candidates.at(-1)!
    return { model: name, version: versions.at(-1)!, versions, kind: best.kind, protocol: best.protocol }
  },
})

/** Sorts by NDCG under one protocol, the best last; models with flags come first. */
export function rankCandidates(values: readonly TaskValues[]): Candidate[] {
  const candidates = values.filter(({ model_id }) => model_id !== undefined) as unknown as Candidate[]
  if (candidates.length === 0) throw invalid('No upstream task logged a model.')
  const protocols = new Set(candidates.map(({ protocol }) => protocol))
  if (protocols.size > 1)
    throw invalid(`Models measured by ${[...protocols].join(' and ')} cannot be compared.`)
  const hasFlags = ({ leak_flags }: Candidate) => Number(leak_flags.length > 0)
  return candidates.toSorted((a, b) => hasFlags(b) - hasFlags(a) || a.ndcg_at_10 - b.ndcg_at_10)
}

async function findVersion(
  registry: RegistryClient,
  name: string,
  runId: string,
): Promise<string | undefined> {
  const filter = `name='${name}' and run_id='${runId}'`
  for await (const version of registry.searchVersions({ filter })) return version.version
  return undefined
}

async function create(
  registry: RegistryClient,
  name: string,
  { run_id, model_id, kind, protocol }: Candidate,
) {
  const tags = { 'cairn.model_kind': kind, [EVALUATION_TAGS.protocol]: protocol }
  const source = `models:/${model_id}`
  const { version } = await registry.createVersion({ name, source, run_id, model_id, tags })
  return version
}

import { invalid } from '@cairn/platform/errors'
import { CHAMPION, GATED_ALIAS } from '@cairn/platform/protocol/cairn/promotions'
import { EVALUATION_TAGS } from '@cairn/platform/protocol/mlflow/evaluation'
import { RegistryClient } from '@cairn/sdk/registry'
import Type from 'typebox'
import { upstreamValues } from '../../flow/run-values.js'
import type { PipelinesSchema } from '../../schema.js'
import { defineTask, type TaskValues } from '../../task-kinds/task.js'
import { trackingClient } from '../training/tracking.js'

interface Candidate {
  readonly run_id: string
  readonly run_name: string
  readonly model_id: string
  readonly kind: string
  readonly protocol: string
  readonly leak_flags: readonly unknown[]
  readonly ndcg_at_10: number
  /** CPU time of a query. Absent from runs of other trainers. */
  readonly serving_cpu_ms?: number
}

/**
 * Registers trained models as versions, in the order in which the gate should judge them: the cheapest to serve first, so
 * that a costlier one must be significantly better to take its place (ADR 45). A run is registered only once.
 */
export const registerTask = defineTask({
  entry: 'models/register',
  parameters: Type.Object({
    model: Type.String(),
    runs: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'Ids of runs of upstream tasks (default: all that logged a model).',
      }),
    ),
  }),
  async run(context) {
    const { model: name, runs } = context.parameters
    const values = await upstreamValues(context.services.db.for<PipelinesSchema>(), context.taskRunId)
    const candidates = rankCandidates(candidatesOf(Object.values(values), runs))
    const registry = new RegistryClient(trackingClient(context).transport)
    await registry.ensureModel(name)
    await registry.setModelTag(name, GATED_ALIAS, CHAMPION)
    const versions: string[] = []
    for (const candidate of candidates) {
      const known = await findVersion(registry, name, candidate.run_id)
      const version = known ?? (await create(registry, name, candidate))
      context.log.info(`${describe(candidate)} is ${name} ${version}`)
      versions.push(version)
    }
    const best = bestCandidate(candidates)
    const version = versions[candidates.indexOf(best)]!
    return { model: name, version, versions, kind: best.kind, protocol: best.protocol }
  },
})

/** @throws INVALID_PARAMETER_VALUE for a run that is not among the values */
export function candidatesOf(values: readonly TaskValues[], runs?: readonly string[]): Candidate[] {
  const trained = values.filter(({ model_id }) => model_id !== undefined) as unknown as Candidate[]
  const unknown = runs?.find((run) => !trained.some(({ run_id }) => run_id === run))
  if (unknown !== undefined) throw invalid(`runs: no upstream task logged a model in run '${unknown}'.`)
  return runs ? trained.filter(({ run_id }) => runs.includes(run_id)) : trained
}

const hasFlags = ({ leak_flags }: Candidate) => leak_flags.length > 0

/** Sorts models of one protocol by the cost of serving, the cheapest first; those with flags come before all. */
export function rankCandidates(candidates: readonly Candidate[]): Candidate[] {
  if (candidates.length === 0) throw invalid('No upstream task logged a model.')
  const protocols = new Set(candidates.map(({ protocol }) => protocol))
  if (protocols.size > 1)
    throw invalid(`Models measured by ${[...protocols].join(' and ')} cannot be compared.`)
  const cost = ({ serving_cpu_ms = Number.POSITIVE_INFINITY }: Candidate) => serving_cpu_ms
  return candidates.toSorted(
    (a, b) =>
      Number(hasFlags(b)) - Number(hasFlags(a)) ||
      (cost(a) === cost(b) ? a.ndcg_at_10 - b.ndcg_at_10 : cost(a) - cost(b)),
  )
}

/** The candidate with the highest NDCG; one with flags only if all have flags. */
export const bestCandidate = (candidates: readonly Candidate[]) =>
  candidates.toSorted((a, b) => Number(hasFlags(a)) - Number(hasFlags(b)) || b.ndcg_at_10 - a.ndcg_at_10)[0]!

function describe({ run_name, kind, ndcg_at_10, serving_cpu_ms }: Candidate) {
  const cost = serving_cpu_ms === undefined ? '' : `, ${serving_cpu_ms.toFixed(2)} ms of CPU a query`
  return `${run_name} (${kind}, NDCG@10 ${ndcg_at_10.toFixed(4)}${cost})`
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

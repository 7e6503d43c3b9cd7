import { unlessMissing } from '@cairn/platform/errors'
import { GetExperiment } from '@cairn/platform/protocol/experiments'
import { DigestRuns, DigestTraces } from '@cairn/platform/protocol/imports'
import { GetLoggedModel } from '@cairn/platform/protocol/logged-models'
import { toModel } from '../copying/sources/rest/rest-source.js'
import { checkParts } from './compare-digests.js'
import { loggedModelDigest, registeredModelDigest } from './content-digests.js'
import type { Entry, Ledger } from './ledger.js'
import type { Migration } from './migrate.js'

/** One line of the table at the end. */
export interface Check {
  readonly what: string
  /** How many the source has, how many are here, and how many of those are not the same. */
  readonly source: number
  readonly here: number
  readonly differ: number
}

const BATCH = 100
const RUN_PARTS = { info: 'runs', params: 'params', tags: 'tags', metrics: 'metrics', inputs: 'inputs' }
const TRACE_PARTS = { info: 'traces', spans: 'spans', assessments: 'assessments', links: 'trace links' }

/**
 * Asks the server for everything of the source that the ledger says was brought, and compares. What is not the same is
 * forgotten, so that the next run brings it again.
 *
 * @param onDifference told in one sentence of each thing that is not the same
 */
export async function verify(
  migration: Migration,
  onDifference: (sentence: string) => void,
): Promise<Check[]> {
  const { ledger, withArtifacts, withTraces } = migration
  const brought = files(ledger)
  const differs: Differs = (entry, sentence) => {
    ledger.forget(entry)
    onDifference(sentence)
  }
  return [
    await experiments(migration, differs),
    ...(await runs(migration, differs)),
    await loggedModels(migration, differs),
    ...(withTraces ? await traces(migration, differs) : []),
    ...(await registered(migration, differs)),
    ...(withArtifacts ? [brought] : []),
  ]
}

export type Differs = (entry: Entry, sentence: string) => void

async function runs({ target, ledger }: Migration, differs: Differs): Promise<Check[]> {
  const moved = ledger.met('run')
  const digests = await inBatches(
    moved.map(({ to }) => to),
    async (run_ids) => (await target.call(DigestRuns, { run_ids })).runs,
  )
  const here = new Map(digests.map((one) => [one.run_id, one]))
  const compared = moved.map((run) => ({ entry: run, digest: run.digest, here: here.get(run.to) }))
  return checkParts('Run', compared, RUN_PARTS, differs)
}

async function traces({ target, ledger }: Migration, differs: Differs): Promise<Check[]> {
  const moved = ledger.met('trace')
  const digests = await inBatches(
    moved.map(({ id }) => id),
    async (trace_ids) => (await target.call(DigestTraces, { trace_ids })).traces,
  )
  const here = new Map(digests.map((one) => [one.trace_id, one]))
  const compared = moved.map((trace) => ({ entry: trace, digest: trace.digest, here: here.get(trace.id) }))
  return checkParts('Trace', compared, TRACE_PARTS, differs)
}

async function inBatches<T>(ids: readonly string[], ask: (some: string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let start = 0; start < ids.length; start += BATCH)
    found.push(...(await ask(ids.slice(start, start + BATCH))))
  return found
}

/** One that was here before keeps the tags that it had beside. */
async function experiments({ target, ledger }: Migration, differs: Differs): Promise<Check> {
  const moved = ledger.met('experiment')
  const check = { what: 'experiments', source: moved.length, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, to, tags = [] } = entry
    const found = await target.call(GetExperiment, { experiment_id: to }).catch(unlessMissing)
    if (found) check.here++
    const here = new Map(found?.experiment.tags?.map(({ key, value }) => [key, value]))
    if (found && tags.every(({ key, value = '' }) => here.get(key) === value)) continue
    check.differ++
    differs(entry, `Experiment ${id}${found ? ': its tags differ.' : ' is not there.'}`)
    if (found) ledger.put({ kind: 'experiment', id, to, tags }) // as none that was here by that name before
  }
  return check
}

async function loggedModels({ target, ledger }: Migration, differs: Differs): Promise<Check> {
  const moved = ledger.met('logged model')
  const check = { what: 'logged models', source: moved.length, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, contents } = entry
    const here = await target.call(GetLoggedModel, { model_id: id, allow_deleted: true }).catch(unlessMissing)
    if (here) check.here++
    if (here && loggedModelDigest(toModel(here.model)) === contents) continue
    check.differ++
    differs(entry, `Logged model ${id} ${here ? 'differs' : 'is not there'}.`)
  }
  return check
}

async function registered({ target, ledger }: Migration, differs: Differs): Promise<Check[]> {
  const moved = ledger.met('registered model')
  const models = { what: 'registered models', source: moved.length, here: 0, differ: 0 }
  const versions = { what: 'versions', source: 0, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, versions: count, contents } = entry
    const here = await target.registeredModel(id).catch(unlessMissing)
    versions.source += count
    versions.here += here?.versions?.length ?? 0
    if (here) models.here++
    if (here && registeredModelDigest(here) === contents) continue
    models.differ++
    differs(entry, `Registered model ${id} ${here ? 'differs' : 'is not there'}.`)
  }
  return [models, versions]
}

/** Their digests were compared as they were stored; of those that were here already, the sizes, before others were sent. */
function files(ledger: Ledger): Check {
  const moved = [...ledger.met('run'), ...ledger.met('logged model')]
  const count = moved.reduce((sum, one) => sum + one.files, 0)
  return { what: 'artifacts', source: count, here: count, differ: 0 }
}

/** Ids of traces of which the source has no spans that can be read. */
export const withoutSpans = (ledger: Ledger): readonly string[] =>
  ledger
    .met('trace')
    .flatMap(({ id, without_spans }) => (without_spans ? id : []))
    .sort()

/** What the ledger says was left out, a sentence each. */
export const leftOut = (ledger: Ledger): readonly string[] =>
  [...ledger.met('run'), ...ledger.met('logged model')].flatMap(({ left_out = [] }) => left_out)

import { unlessMissing } from '@cairn/platform/errors'
import { DigestRuns, DigestTraces } from '@cairn/platform/protocol/cairn/imports'
import { GetExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { GetLoggedModel } from '@cairn/platform/protocol/mlflow/logged-models'
import { toModel } from '../copying/sources/rest/rest-source.js'
import { compareDigests } from './compare-digests.js'
import { loggedModelDigest, registeredModelDigest } from './content-digests.js'
import type { Entry, Ledger } from './ledger.js'
import type { Migration } from './migration.js'
import { unreadableArtifacts } from './watched-files.js'

/** One row of the final table. */
export interface Check {
  readonly what: string
  /** The counts in the source, on the target, and of different or missing ones. */
  readonly source: number
  readonly here: number
  readonly differ: number
}

const BATCH = 100
const MISSING = 'is missing on the target'
const RUN_PARTS = { info: 'runs', params: 'params', tags: 'tags', metrics: 'metrics', inputs: 'inputs' }
const TRACE_PARTS = { info: 'traces', spans: 'spans', assessments: 'assessments', links: 'trace links' }

/**
 * Compares everything that was migrated with what the target has. Different items are removed from the ledger, so that
 * the next run copies them again.
 *
 * @param report called with one sentence for each difference
 */
export async function verify(migration: Migration, report: (sentence: string) => void): Promise<Check[]> {
  const { ledger, withArtifacts, withTraces } = migration
  // Counted first: the checks below remove entries.
  const artifacts = withArtifacts ? [checkFiles(ledger, report)] : []
  const onDifference: OnDifference = (entry, sentence) => {
    ledger.forget(entry)
    report(sentence)
  }
  return [
    await checkExperiments(migration, onDifference),
    ...(await checkRuns(migration, onDifference)),
    await checkLoggedModels(migration, onDifference),
    ...(withTraces ? await checkTraces(migration, onDifference) : []),
    ...(await checkRegisteredModels(migration, onDifference)),
    ...artifacts,
  ]
}

export type OnDifference = (entry: Entry, sentence: string) => void

async function checkRuns({ target, ledger }: Migration, onDifference: OnDifference): Promise<Check[]> {
  const migrated = ledger.seen('run')
  const digests = await inBatches(
    migrated.map(({ to }) => to),
    async (run_ids) => (await target.call(DigestRuns, { run_ids })).runs,
  )
  const byId = new Map(digests.map((digest) => [digest.run_id, digest]))
  const comparisons = migrated.map((entry) => ({ entry, source: entry.digest, target: byId.get(entry.to) }))
  return compareDigests('Run', comparisons, RUN_PARTS, onDifference)
}

async function checkTraces({ target, ledger }: Migration, onDifference: OnDifference): Promise<Check[]> {
  const migrated = ledger.seen('trace')
  const digests = await inBatches(
    migrated.map(({ id }) => id),
    async (trace_ids) => (await target.call(DigestTraces, { trace_ids })).traces,
  )
  const byId = new Map(digests.map((digest) => [digest.trace_id, digest]))
  const comparisons = migrated.map((entry) => ({ entry, source: entry.digest, target: byId.get(entry.id) }))
  return compareDigests('Trace', comparisons, TRACE_PARTS, onDifference)
}

async function inBatches<T>(ids: readonly string[], fetch: (batch: string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let start = 0; start < ids.length; start += BATCH)
    found.push(...(await fetch(ids.slice(start, start + BATCH))))
  return found
}

/** An experiment that existed on the target before may have more tags than the source. */
async function checkExperiments({ target, ledger }: Migration, onDifference: OnDifference): Promise<Check> {
  const migrated = ledger.seen('experiment')
  const check = { what: 'experiments', source: migrated.length, here: 0, differ: 0 }
  for (const entry of migrated) {
    const { id, to, tags = [] } = entry
    const found = await target.call(GetExperiment, { experiment_id: to }).catch(unlessMissing)
    if (found) check.here++
    const targetTags = new Map(found?.experiment.tags?.map(({ key, value }) => [key, value]))
    if (found && tags.every(({ key, value = '' }) => targetTags.get(key) === value)) continue
    check.differ++
    onDifference(entry, `Experiment ${id} ${found ? 'has different tags' : MISSING}.`)
    // Keeps the ids: without them, the next run would take it for an experiment that existed before.
    if (found) ledger.put({ kind: 'experiment', id, to, tags })
  }
  return check
}

async function checkLoggedModels({ target, ledger }: Migration, onDifference: OnDifference): Promise<Check> {
  const migrated = ledger.seen('logged model')
  const check = { what: 'logged models', source: migrated.length, here: 0, differ: 0 }
  for (const entry of migrated) {
    const { id, contents } = entry
    const found = await target
      .call(GetLoggedModel, { model_id: id, allow_deleted: true })
      .catch(unlessMissing)
    if (found) check.here++
    if (found && loggedModelDigest(toModel(found.model)) === contents) continue
    check.differ++
    onDifference(entry, `Logged model ${id} ${found ? 'is different' : MISSING}.`)
  }
  return check
}

async function checkRegisteredModels(
  { target, ledger }: Migration,
  onDifference: OnDifference,
): Promise<Check[]> {
  const migrated = ledger.seen('registered model')
  const models = { what: 'registered models', source: migrated.length, here: 0, differ: 0 }
  const versions = { what: 'versions', source: 0, here: 0, differ: 0 }
  for (const entry of migrated) {
    const { id, versions: count, contents } = entry
    const found = await target.registeredModel(id).catch(unlessMissing)
    versions.source += count
    versions.here += found?.versions?.length ?? 0
    if (found) models.here++
    if (found && registeredModelDigest(found) === contents) continue
    models.differ++
    onDifference(entry, `Registered model ${id} ${found ? 'is different' : MISSING}.`)
  }
  return [models, versions]
}

/** Uploaded files need no check: each upload compares the SHA-256, and each later run the sizes. */
function checkFiles(ledger: Ledger, report: (sentence: string) => void): Check {
  const check = { what: 'artifacts', source: 0, here: 0, differ: 0 }
  for (const { kind, id, files, unreadable } of [...ledger.seen('run'), ...ledger.seen('logged model')]) {
    check.source += files
    check.here += files
    if (unreadable === undefined) continue
    check.differ++
    report(unreadableArtifacts(`${kind} ${id}`, unreadable))
  }
  return check
}

/** The sorted ids of migrated traces for which the source has no readable spans. */
export const tracesWithoutSpans = (ledger: Ledger): readonly string[] =>
  ledger
    .seen('trace')
    .flatMap(({ id, without_spans }) => (without_spans ? id : []))
    .sort()

/** A sentence for each link that was not followed, and each file that the target refused. */
export const skippedLinks = (ledger: Ledger): readonly string[] =>
  [...ledger.seen('run'), ...ledger.seen('logged model')].flatMap(({ left_out = [] }) => left_out)

import { ApiError, messageOf, unlessMissing } from '@cairn/platform/errors'
import {
  ImportExperiment,
  type ImportedModel,
  type ImportedVersion,
  ImportLoggedModel,
  ImportRegisteredModel,
} from '@cairn/platform/protocol/cairn/imports'
import { GetExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import type { Input } from '@cairn/platform/protocol/operation'
import { forEachConcurrent } from '../copying/for-each-concurrent.js'
import type { FileObserver } from '../copying/progress.js'
import { selectExperiments } from '../copying/sources/select-experiments.js'
import {
  BATCH,
  type FileOwner,
  type SourceExperiment,
  type SourceFiles,
  type SourceModel,
  type SourceRun,
} from '../copying/sources/source.js'
import { RunImport, toWirePoints } from '../copying/target/run-import.js'
import { NO_FILES, type UploadedFiles } from '../copying/target/target.js'
import { uploadChangedFiles } from '../copying/target/upload-changed-files.js'
import { digestOf, loggedModelDigest, registeredModelDigest, visibleVersions } from './content-digests.js'
import type { MigratedFiles, MigratedModel, MigratedRun } from './ledger.js'
import { migrateTraces } from './migrate-traces.js'
import { MigratedUris } from './migrated-uris.js'
import type { Migration, SkipRefused } from './migration.js'
import { requestBatches } from './request-batches.js'
import { WatchedFiles } from './watched-files.js'

const RUNS_AT_ONCE = 4

/**
 * Copies everything that is not in the ledger, or changed since. May be killed at any moment and run again.
 *
 * @returns a sentence for each item that the target refuses; the others are migrated
 */
export async function migrate(migration: Migration): Promise<readonly string[]> {
  const { source, progress, experiments, withTraces } = migration
  const refused: string[] = []
  const skip: SkipRefused = (item) => (error) => void refused.push(describeRefusal(item, error))
  await validateLedger(migration)
  for await (const experiment of selectExperiments(source, experiments)) {
    const to = await migrateExperiment(migration, experiment).catch(
      skip(`experiment '${experiment.name}' with everything in it`),
    )
    if (to === undefined) continue
    for await (const model of source.loggedModels(experiment))
      await migrateLoggedModel(migration, model, to).catch(skip(`logged model ${model.model_id}`))
    await forEachConcurrent(source.runs(experiment), RUNS_AT_ONCE, (run) =>
      migrateRun(migration, run, to).catch(skip(`run ${run.run_id}`)),
    )
    if (withTraces) await migrateTraces(migration, experiment, to, skip)
  }
  if (experiments.length === 0) {
    const uris = new MigratedUris(migration.ledger)
    const copies: CopiedVersion[] = []
    for await (const model of source.registeredModels())
      await migrateRegisteredModel(migration, model, uris)
        .then((copied) => copies.push(...copied))
        .catch(skip(`registered model '${model.name}'`))
    await importCopies(migration, copies)
  }
  progress.done()
  return refused
}

/** @throws every error but a refusal, which names a field only */
function describeRefusal(item: string, error: unknown): string {
  if (!(error instanceof ApiError) || error.code !== 'INVALID_PARAMETER_VALUE') throw error
  return `The target refused the ${item}: ${error.message}`
}

/** Clears the ledger if the target lost what it lists: another server may now run under the same address. */
async function validateLedger({ target, ledger }: Migration) {
  const last = ledger.list('experiment').at(-1)
  if (!last) return
  const exists = await target.call(GetExperiment, { experiment_id: last.to }).catch(unlessMissing)
  if (!exists) ledger.clear()
}

async function migrateExperiment(migration: Migration, experiment: SourceExperiment): Promise<string> {
  const { target, ledger, progress, withArtifacts } = migration
  const { experiment_id: id, artifact_location, ...rest } = experiment
  const { tags = [], lifecycle_stage = 'active' } = rest
  const state = digestOf('experiment', { tags, lifecycle_stage })
  progress.count('experiments')
  const known = ledger.find('experiment', id)
  if (known?.state === state) return known.to
  const location = !withArtifacts && artifact_location ? { artifact_location } : {}
  const imported = { ...rest, ...location, experiment_id: id }
  const updated =
    known && (await target.call(ImportExperiment, { ...imported, known_as: known.to }).catch(unlessMissing))
  const { experiment_id: to } = updated ?? (await target.call(ImportExperiment, imported))
  ledger.put({ kind: 'experiment', id, to, state, tags })
  return to
}

async function migrateLoggedModel(migration: Migration, model: SourceModel, to: string): Promise<void> {
  const { target, ledger, progress, withArtifacts } = migration
  const { model_id: id, artifact_uri: from, ...rest } = model
  const digest = digestOf('logged model', model)
  progress.count('logged models')
  const known = ledger.find('logged model', id)
  const updatedFiles = known && (await updateFiles(migration, known, model))
  if (updatedFiles && known.digest === digest) return ledger.put({ ...withoutFiles(known), ...updatedFiles })
  const location = withArtifacts ? {} : { artifact_uri: from }
  const { params = [], tags = [], metrics = [], ...header } = rest
  const imported = { ...header, ...location, model_id: id, experiment_id: to }
  const { artifact_uri: uri } = await target.call(ImportLoggedModel, { ...imported, params, tags })
  for (let start = 0; start < metrics.length; start += BATCH) {
    const batch = { ...imported, metrics: toWirePoints(metrics.slice(start, start + BATCH)) }
    // The operation's types are those after validation, which turns 'NaN' and infinities into numbers.
    await target.call(ImportLoggedModel, batch as Input<typeof ImportLoggedModel>)
  }
  const files =
    updatedFiles ??
    (await migrateFiles(migration, 'logged-models', model, (files, observer) =>
      target.uploadAll('logged-models', id, files, observer),
    ))
  ledger.put({ kind: 'logged model', id, from, uri, digest, contents: loggedModelDigest(model), ...files })
}

async function migrateRun(migration: Migration, run: SourceRun, to: string): Promise<void> {
  const { target, ledger, progress, withArtifacts } = migration
  const { run_id: id, artifact_uri: from, metrics, ...rest } = run
  const state = stateOf(run)
  progress.count('runs')
  const known = ledger.find('run', id)
  const updatedFiles = known && (await updateFiles(migration, known, run))
  const history = isFinished(run) ? digestOf('history', metrics) : undefined
  const isHistoryKnown = updatedFiles && history !== undefined && known.history === history
  if (isHistoryKnown && known.state === state) return ledger.put({ ...withoutFiles(known), ...updatedFiles })
  const location = withArtifacts ? {} : { artifact_uri: from }
  const runImport = new RunImport(target, { ...rest, ...location, run_id: id, experiment_id: to })
  if (isHistoryKnown) runImport.keepHistory(known.digest.metrics)
  else await importHistory(migration, run, runImport)
  const files =
    updatedFiles ??
    (await migrateFiles(migration, 'runs', run, (files, observer) => runImport.files(files, observer)))
  const { run_id, artifact_uri: uri, digest } = await runImport.end()
  const states = { state, ...(history && { history }) }
  ledger.put({ kind: 'run', id, to: run_id, from, uri, digest, ...states, ...files })
}

async function importHistory({ source, progress }: Migration, run: SourceRun, runImport: RunImport) {
  for await (const points of source.history(run)) {
    await runImport.points(points)
    progress.count('points', points.length)
  }
}

/** Uploads the changed files of a migrated run or model. @returns undefined if it was deleted on the target */
function updateFiles(
  migration: Migration,
  known: MigratedRun | MigratedModel,
  item: SourceRun | SourceModel,
): Promise<MigratedFiles | undefined> {
  const { target } = migration
  const owner = known.kind === 'run' ? 'runs' : 'logged-models'
  const id = known.kind === 'run' ? known.to : known.id
  const { files: count, bytes, listing, left_out: skipped } = known
  const previous = { files: count, bytes, listing: isFinished(item) ? listing : undefined, skipped }
  return migrateFiles(migration, owner, item, (files, observer) =>
    uploadChangedFiles(target, { owner, id, files, previous }, observer),
  )
}

/** A version that was copied from a version of another model. */
interface CopiedVersion {
  readonly model: ImportedModel
  readonly version: ImportedVersion
}

/**
 * Imports copied versions once more, oldest first: the server resolves their files through the original, which may have
 * been imported after them and may be a copy itself.
 */
async function importCopies({ target }: Migration, copies: CopiedVersion[]): Promise<void> {
  copies.sort((a, b) => a.version.creation_timestamp - b.version.creation_timestamp)
  for (const { model, version } of copies)
    await target.call(ImportRegisteredModel, { ...model, versions: [version] })
}

/** @returns the versions that were copied from other models */
async function migrateRegisteredModel(
  { target, ledger, progress }: Migration,
  model: ImportedModel,
  uris: MigratedUris,
): Promise<CopiedVersion[]> {
  const versions = (model.versions ?? []).map((version) => ({
    ...version,
    ...(version.source && { source: uris.translate(version.source) }),
  }))
  const located = { ...model, versions }
  const digest = digestOf('registered model', located)
  progress.count('registered models')
  progress.count('versions', versions.length)
  const { aliases = [], ...rest } = model
  const copies = versions
    .filter(({ source = '' }) => /^models:\/+[^/]+\/[^/]/.test(source))
    .map((version) => ({ model: rest, version }))
  if (ledger.find('registered model', model.name)?.digest === digest) return copies
  for (const batch of requestBatches(versions))
    await target.call(ImportRegisteredModel, { ...rest, versions: [...batch] })
  if (aliases.length > 0) await target.call(ImportRegisteredModel, { ...rest, versions: [], aliases })
  ledger.put({
    kind: 'registered model',
    id: model.name,
    versions: visibleVersions(located).length,
    digest,
    contents: registeredModelDigest(located),
  })
  return copies
}

/**
 * An owner whose files the source cannot read is migrated without them; the next run tries again.
 *
 * @returns the ledger's record. It includes skipped links, so that a resumed migration reports them at its end, too
 */
async function migrateFiles<Result extends UploadedFiles | undefined>(
  { source, progress, withArtifacts }: Migration,
  owner: FileOwner,
  item: SourceRun | SourceModel,
  upload: (files: SourceFiles, observer: FileObserver) => Promise<Result>,
): Promise<MigratedFiles | Extract<Result, undefined>> {
  if (!withArtifacts) return NO_FILES
  const files = new WatchedFiles(source.files(owner, item))
  const skipped = new Set<string>()
  let uploaded: Result
  try {
    uploaded = await upload(files, progress.observeFiles(skipped))
  } catch (error) {
    if (files.failure === undefined) throw error
    return { files: 0, bytes: 0, unreadable: messageOf(files.failure) }
  }
  if (!uploaded) return uploaded as Extract<Result, undefined>
  const { listing, ...sums } = uploaded
  return {
    ...sums,
    ...(isFinished(item) && { listing }),
    ...(skipped.size > 0 && { left_out: [...skipped] }),
  }
}

function withoutFiles<Entry extends MigratedFiles>(entry: Entry) {
  const { files, bytes, listing, left_out, unreadable, ...rest } = entry
  return rest
}

/** An unfinished run or model may change without a visible sign, so every migration reads it again. */
const isFinished = ({ status }: SourceRun | SourceModel) =>
  !['RUNNING', 'SCHEDULED', 'LOGGED_MODEL_PENDING'].includes(status)

/** A digest of a run without its history and files. */
const stateOf = ({
  run_id: _,
  experiment_id: _in,
  artifact_uri: _at,
  metrics: _points,
  ...state
}: SourceRun) => digestOf('state', state)

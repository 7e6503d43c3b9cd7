import { unlessMissing } from '@cairn/platform/errors'
import { GetExperiment } from '@cairn/platform/protocol/experiments'
import {
  ImportExperiment,
  type ImportedModel,
  type ImportedVersion,
  ImportLoggedModel,
  ImportRegisteredModel,
} from '@cairn/platform/protocol/imports'
import { forEachConcurrent } from '../copying/for-each-concurrent.js'
import type { Progress, Told } from '../copying/progress.js'
import { chosenOrAll } from '../copying/sources/select-experiments.js'
import {
  BATCH,
  type Source,
  type SourceExperiment,
  type SourceModel,
  type SourceRun,
} from '../copying/sources/source.js'
import { onWire, RunImport } from '../copying/target/run-import.js'
import { NO_FILES, type Target, type Uploaded } from '../copying/target/target.js'
import { followFiles } from '../copying/target/upload-changed-files.js'
import { digestOf, loggedModelDigest, registeredModelDigest, seen } from './content-digests.js'
import type { Ledger, MovedFiles, MovedModel, MovedRun } from './ledger.js'
import { Locations } from './locations.js'
import { moveTraces } from './migrate-traces.js'
import { pieces } from './request-batches.js'

const RUNS_AT_ONCE = 4

export interface Migration {
  readonly source: Source
  readonly target: Target
  readonly ledger: Ledger
  readonly progress: Progress
  /** Without, artifacts stay where they are, and so do their locations. */
  readonly withArtifacts: boolean
  readonly withTraces: boolean
  /** Names or ids; all when empty. */
  readonly experiments: readonly string[]
}

/** Brings everything over that the ledger does not know to be there; may be killed at any moment and run again. */
export async function migrate(migration: Migration): Promise<void> {
  const { source, progress, experiments, withTraces } = migration
  await trustLedger(migration)
  for await (const experiment of chosenOrAll(source, experiments)) {
    const to = await moveExperiment(migration, experiment)
    for await (const model of source.loggedModels(experiment)) await moveModel(migration, model, to)
    await forEachConcurrent(source.runs(experiment), RUNS_AT_ONCE, (run) => moveRun(migration, run, to))
    if (withTraces) await moveTraces(migration, experiment, to)
  }
  if (experiments.length === 0) {
    const locations = new Locations(migration.ledger)
    const copies: Copy[] = []
    for await (const model of source.registeredModels())
      copies.push(...(await moveRegisteredModel(migration, model, locations)))
    await findFiles(migration, copies)
  }
  progress.done()
}

/** What was noted holds only for the store that it was noted of: another may have taken its place since. */
async function trustLedger({ target, ledger }: Migration) {
  const [first] = ledger.list('experiment').slice(-1)
  if (!first) return
  const isThere = await target.call(GetExperiment, { experiment_id: first.to }).catch(unlessMissing)
  if (!isThere) ledger.clear()
}

async function moveExperiment(migration: Migration, experiment: SourceExperiment): Promise<string> {
  const { target, ledger, progress, withArtifacts } = migration
  const { experiment_id: id, artifact_location, ...rest } = experiment
  const { tags = [], lifecycle_stage = 'active' } = rest
  const state = digestOf('experiment', { tags, lifecycle_stage })
  progress.count('experiments')
  const known = ledger.find('experiment', id)
  if (known?.state === state) return known.to
  const location = !withArtifacts && artifact_location ? { artifact_location } : {}
  const given = { ...rest, ...location, experiment_id: id }
  const changed =
    known && (await target.call(ImportExperiment, { ...given, known_as: known.to }).catch(unlessMissing))
  const { experiment_id: to } = changed ?? (await target.call(ImportExperiment, given))
  ledger.put({ kind: 'experiment', id, to, state, tags })
  return to
}

async function moveModel(migration: Migration, model: SourceModel, to: string): Promise<void> {
  const { source, target, ledger, progress, withArtifacts } = migration
  const { model_id: id, artifact_uri: from, ...rest } = model
  const digest = digestOf('logged model', model)
  progress.count('logged models')
  const known = ledger.find('logged model', id)
  const followed = known && (await follow(migration, known, model))
  if (followed && known.digest === digest) return ledger.put({ ...withoutFiles(known), ...followed })
  const location = withArtifacts ? {} : { artifact_uri: from }
  const { params = [], tags = [], metrics = [], ...place } = rest
  const given = { ...place, ...location, model_id: id, experiment_id: to }
  const { artifact_uri: uri } = await target.call(ImportLoggedModel, { ...given, params, tags })
  for (let start = 0; start < metrics.length; start += BATCH)
    await target.call(ImportLoggedModel, { ...given, metrics: onWire(metrics.slice(start, start + BATCH)) })
  const files =
    followed ??
    (await moveFiles(migration, model, (told) =>
      target.uploadAll('logged-models', id, source.files('logged-models', model), told),
    ))
  ledger.put({ kind: 'logged model', id, from, uri, digest, contents: loggedModelDigest(model), ...files })
}

async function moveRun(migration: Migration, run: SourceRun, to: string): Promise<void> {
  const { source, target, ledger, progress, withArtifacts } = migration
  const { run_id: id, artifact_uri: from, metrics, ...rest } = run
  const state = stateOf(run)
  progress.count('runs')
  const known = ledger.find('run', id)
  const followed = known && (await follow(migration, known, run))
  const history = isSettled(run) ? digestOf('history', metrics) : undefined
  const isHere = followed && history !== undefined && known.history === history
  if (isHere && known.state === state) return ledger.put({ ...withoutFiles(known), ...followed })
  const location = withArtifacts ? {} : { artifact_uri: from }
  const coming = new RunImport(target, { ...rest, ...location, run_id: id, experiment_id: to })
  if (isHere) coming.keep(known.digest.metrics)
  else await bringHistory(migration, run, coming)
  const files =
    followed ?? (await moveFiles(migration, run, (told) => coming.files(source.files('runs', run), told)))
  const { run_id, artifact_uri: uri, digest } = await coming.end()
  const states = { state, ...(history && { history }) }
  ledger.put({ kind: 'run', id, to: run_id, from, uri, digest, ...states, ...files })
}

async function bringHistory({ source, progress }: Migration, run: SourceRun, coming: RunImport) {
  for await (const points of source.history(run)) {
    await coming.points(points)
    progress.count('points', points.length)
  }
}

/** The files of a run or model that has come before. @returns undefined where it is not here any more */
function follow(
  migration: Migration,
  known: MovedRun | MovedModel,
  of: SourceRun | SourceModel,
): Promise<MovedFiles | undefined> {
  const { source, target } = migration
  const owner = known.kind === 'run' ? 'runs' : 'logged-models'
  const id = known.kind === 'run' ? known.to : known.id
  const { files: count, bytes, listing } = known
  const before = { files: count, bytes, listing: isSettled(of) ? listing : undefined }
  return moveFiles(migration, of, (told) =>
    followFiles(target, { owner, id, files: source.files(owner, of), known: before }, told),
  )
}

/** A version that was made from one of another model, with the model that it is of. */
interface Copy {
  readonly model: ImportedModel
  readonly version: ImportedVersion
}

/** The files of a copy are where those of its original are, which may have come after it; that may be a copy too. */
async function findFiles({ target }: Migration, copies: Copy[]): Promise<void> {
  copies.sort((a, b) => a.version.creation_timestamp - b.version.creation_timestamp)
  for (const { model, version } of copies)
    await target.call(ImportRegisteredModel, { ...model, versions: [version] })
}

/** @returns its copies of other models' versions */
async function moveRegisteredModel(
  { target, ledger, progress }: Migration,
  model: ImportedModel,
  locations: Locations,
): Promise<Copy[]> {
  const versions = (model.versions ?? []).map((version) => ({
    ...version,
    ...(version.source && { source: locations.of(version.source) }),
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
  for (const some of pieces(versions))
    await target.call(ImportRegisteredModel, { ...rest, versions: [...some] })
  if (aliases.length > 0) await target.call(ImportRegisteredModel, { ...rest, versions: [], aliases })
  ledger.put({
    kind: 'registered model',
    id: model.name,
    versions: seen(located).length,
    digest,
    contents: registeredModelDigest(located),
  })
  return copies
}

/** @returns what the ledger notes, with what was left out: who goes on with a migration is told of it at the end, too */
async function moveFiles<Moved extends Uploaded | undefined>(
  { progress, withArtifacts }: Migration,
  of: SourceRun | SourceModel,
  move: (told: Told) => Promise<Moved>,
): Promise<MovedFiles | Extract<Moved, undefined>> {
  if (!withArtifacts) return NO_FILES
  const sentences = new Set<string>()
  const moved = await move(progress.told(sentences))
  if (!moved) return moved as Extract<Moved, undefined>
  const { listing, ...sums } = moved
  return {
    ...sums,
    ...(isSettled(of) && { listing }),
    ...(sentences.size > 0 && { left_out: [...sentences] }),
  }
}

function withoutFiles<Entry extends MovedFiles>({ files, bytes, listing, left_out, ...rest }: Entry) {
  return rest
}

/** One that goes on may get what no look at it tells, so it is read again whenever a migration is. */
const isSettled = ({ status }: SourceRun | SourceModel) =>
  !['RUNNING', 'SCHEDULED', 'LOGGED_MODEL_PENDING'].includes(status)

/** Changes when a run does, but for its history and its files. */
const stateOf = ({
  run_id: _,
  experiment_id: _in,
  artifact_uri: _at,
  metrics: _points,
  ...state
}: SourceRun) => digestOf('state', state)

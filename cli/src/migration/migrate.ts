import { ApiError } from '@cairn/platform/errors'
import { GetExperiment } from '@cairn/platform/protocol/experiments'
import {
  ImportExperiment,
  type ImportedModel,
  type ImportedVersion,
  ImportLoggedModel,
  ImportRegisteredModel,
} from '@cairn/platform/protocol/imports'
import { chosenOrAll } from './chosen.js'
import { digestOf, loggedModelDigest, registeredModelDigest, seen } from './digest-of.js'
import type { Ledger } from './ledger.js'
import { Locations } from './locations.js'
import { pieces } from './pieces.js'
import type { Progress, Told } from './progress.js'
import { onWire, RunImport } from './run-import.js'
import { BATCH, type Source, type SourceExperiment, type SourceModel, type SourceRun } from './source.js'
import { inParallel, type Target } from './target.js'

const RUNS_AT_ONCE = 4

export interface Migration {
  readonly source: Source
  readonly target: Target
  readonly ledger: Ledger
  readonly progress: Progress
  /** Without, artifacts stay where they are, and so do their locations. */
  readonly withArtifacts: boolean
  /** Names or ids; all when empty. */
  readonly experiments: readonly string[]
}

/** Brings everything over that the ledger does not know to be there; may be killed at any moment and run again. */
export async function migrate(migration: Migration): Promise<void> {
  const { source, progress, experiments } = migration
  await trustLedger(migration)
  for await (const experiment of chosenOrAll(source, experiments)) {
    const to = await moveExperiment(migration, experiment)
    for await (const model of source.loggedModels(experiment)) await moveModel(migration, model, to)
    await inParallel(RUNS_AT_ONCE, source.runs(experiment), (run) => moveRun(migration, run, to))
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
  const isThere = await target.call(GetExperiment, { experiment_id: first.to }).catch((error) => {
    if (error instanceof ApiError && error.statusCode === 404) return undefined
    throw error
  })
  if (!isThere) ledger.clear()
}

async function moveExperiment(migration: Migration, experiment: SourceExperiment): Promise<string> {
  const { target, ledger, progress, withArtifacts } = migration
  const { experiment_id: id, artifact_location, ...rest } = experiment
  progress.count('experiments')
  const known = ledger.find('experiment', id)
  if (known) return known.to
  const location = !withArtifacts && artifact_location ? { artifact_location } : {}
  const { experiment_id: to } = await target.call(ImportExperiment, {
    ...rest,
    ...location,
    experiment_id: id,
  })
  ledger.put({ kind: 'experiment', id, to })
  return to
}

async function moveModel(migration: Migration, model: SourceModel, to: string): Promise<void> {
  const { source, target, ledger, progress, withArtifacts } = migration
  const { model_id: id, artifact_uri: from, ...rest } = model
  const digest = digestOf('logged model', model)
  progress.count('logged models')
  if (ledger.find('logged model', id)?.digest === digest) return
  const location = withArtifacts ? {} : { artifact_uri: from }
  const { params = [], tags = [], metrics = [], ...place } = rest
  const given = { ...place, ...location, model_id: id, experiment_id: to }
  const { artifact_uri: uri } = await target.call(ImportLoggedModel, { ...given, params, tags })
  for (let start = 0; start < metrics.length; start += BATCH)
    await target.call(ImportLoggedModel, { ...given, metrics: onWire(metrics.slice(start, start + BATCH)) })
  const moved = withArtifacts
    ? await withLeftOut(progress, (told) =>
        target.uploadAll('logged-models', id, source.files('logged-models', model), told),
      )
    : NOTHING
  ledger.put({ kind: 'logged model', id, from, uri, digest, contents: loggedModelDigest(model), ...moved })
}

async function moveRun(migration: Migration, run: SourceRun, to: string): Promise<void> {
  const { source, target, ledger, progress, withArtifacts } = migration
  const { run_id: id, artifact_uri: from, metrics: _, ...rest } = run
  const state = stateOf(run)
  progress.count('runs')
  if (hasEnded(run) && ledger.find('run', id)?.state === state) return
  const location = withArtifacts ? {} : { artifact_uri: from }
  const coming = new RunImport(target, { ...rest, ...location, run_id: id, experiment_id: to })
  for await (const points of source.history(run)) {
    await coming.points(points)
    progress.count('points', points.length)
  }
  const moved = withArtifacts
    ? await withLeftOut(progress, (told) => coming.files(source.files('runs', run), told))
    : NOTHING
  const { run_id, artifact_uri: uri, digest } = await coming.end()
  ledger.put({ kind: 'run', id, to: run_id, from, uri, digest, state, ...moved })
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

/** @returns with what was left out, for the ledger: who goes on with a migration is told of it at the end, too */
async function withLeftOut<Moved>(progress: Progress, move: (told: Told) => Promise<Moved>) {
  const sentences = new Set<string>()
  const moved = await move(progress.told(sentences))
  return { ...moved, ...(sentences.size > 0 && { left_out: [...sentences] }) }
}

const NOTHING = { files: 0, bytes: 0 }

/** One that goes on may get what no look at it tells, so it is read again whenever a migration is. */
const hasEnded = ({ status }: SourceRun) => status !== 'RUNNING' && status !== 'SCHEDULED'

/** Changes when more is logged to a run, or it is changed or deleted; its files are not looked at. */
const stateOf = ({ run_id: _, experiment_id: _in, artifact_uri: _at, ...state }: SourceRun) =>
  digestOf('state', state)

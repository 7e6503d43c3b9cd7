import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import type { ImportedModel, ImportedRun } from '@cairn/platform/protocol/cairn/imports'
import type { ArtifactRoots } from '../artifact-roots.js'
import {
  BATCH,
  distinctPoints,
  type FileOwner,
  modelStatus,
  type NotCopied,
  type Point,
  type Source,
  type SourceExperiment,
  type SourceFiles,
  type SourceModel,
  type SourceRun,
  type SourceTrace,
} from '../source.js'
import { readSpansFile } from '../trace-data.js'
import { readModels } from './file-registry.js'
import { readTraces } from './file-traces.js'
import {
  listFiles,
  listFolders,
  type Meta,
  numberField,
  optionalField,
  readLines,
  readMeta,
  readPairs,
  textField,
} from './store-files.js'

const STATUS = ['', 'RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const
const TRASH = '.trash'
const MODELS = 'models'
/** A run's folder; experiments contain other folders as well. */
const RUN = /^[0-9a-zA-Z][\w-]{0,255}$/
const LOGGED_MODEL = /^m-[\w-]+$/

/** MLflow's file store: a folder `mlruns`. */
export class FileSource implements Source {
  readonly #root: string
  readonly #roots: ArtifactRoots
  /** The folder of each experiment, run, model and trace by id; deleted experiments are in the trash. */
  readonly #folders = new Map<string, string>()

  /** @throws INVALID_PARAMETER_VALUE for a folder that is not a file store */
  constructor(root: string, roots: ArtifactRoots) {
    this.#root = resolve(root)
    this.#roots = roots.with(this.#root)
    if (this.#experimentFolders().length === 0)
      throw invalid(`${root} is not a file store of MLflow: it contains no experiment with a meta.yaml.`)
  }

  async *experiments(): AsyncGenerator<SourceExperiment> {
    for (const folder of this.#experimentFolders()) {
      const meta = readMeta(folder)!
      const experiment_id = textField(meta, 'experiment_id') ?? ''
      this.#folders.set(experiment_id, folder)
      const times = {
        creation_time: numberField(meta, 'creation_time'),
        last_update_time: numberField(meta, 'last_update_time'),
      }
      yield {
        experiment_id,
        name: textField(meta, 'name') ?? experiment_id,
        lifecycle_stage: textField(meta, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active',
        ...optionalField('artifact_location', textField(meta, 'artifact_location')),
        ...optionalField('creation_time', times.creation_time),
        ...optionalField('last_update_time', times.last_update_time),
        tags: readPairs(join(folder, 'tags')),
      }
    }
  }

  #experimentFolders(): string[] {
    return [this.#root, join(this.#root, TRASH)].flatMap((parent) =>
      listFolders(parent)
        .filter((name) => name !== MODELS && name !== TRASH)
        .map((name) => join(parent, name))
        .filter((folder) => textField(readMeta(folder) ?? {}, 'experiment_id') !== undefined),
    )
  }

  async *runs({ experiment_id }: SourceExperiment): AsyncGenerator<SourceRun> {
    const parent = this.#folders.get(experiment_id)!
    for (const name of listFolders(parent)) {
      if (!RUN.test(name)) continue
      const folder = join(parent, name)
      const meta = readMeta(folder)
      const run_id = meta && (textField(meta, 'run_id') ?? textField(meta, 'run_uuid'))
      if (!meta || run_id !== name) continue
      this.#folders.set(run_id, folder)
      yield toRun(meta, { run_id, experiment_id, folder, parent })
    }
  }

  async *history({ run_id, metrics }: SourceRun): AsyncGenerator<Point[]> {
    for (const { key } of metrics) {
      const file = join(this.#folders.get(run_id)!, 'metrics', key)
      const points: Point[] = []
      for await (const line of readLines(file)) points.push(toPoint(key, line, file))
      const distinct = distinctPoints(points)
      for (let start = 0; start < distinct.length; start += BATCH) yield distinct.slice(start, start + BATCH)
    }
  }

  async *loggedModels({ experiment_id }: SourceExperiment): AsyncGenerator<SourceModel> {
    const parent = join(this.#folders.get(experiment_id)!, MODELS)
    for (const name of listFolders(parent)) {
      const folder = join(parent, name)
      const meta = LOGGED_MODEL.test(name) && readMeta(folder)
      if (!meta || textField(meta, 'model_id') !== name) continue
      this.#folders.set(name, folder)
      yield {
        model_id: name,
        experiment_id,
        name: textField(meta, 'name') ?? name,
        artifact_uri: textField(meta, 'artifact_location') ?? '',
        creation_timestamp_ms: numberField(meta, 'creation_timestamp') ?? 0,
        last_updated_timestamp_ms: numberField(meta, 'last_updated_timestamp') ?? 0,
        status: modelStatus(numberField(meta, 'status') ?? 0),
        lifecycle_stage: textField(meta, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active',
        ...optionalField('status_message', textField(meta, 'status_message')),
        ...optionalField('model_type', textField(meta, 'model_type')),
        ...optionalField('source_run_id', textField(meta, 'source_run_id')),
        params: readPairs(join(folder, 'params')),
        tags: readPairs(join(folder, 'tags')),
        metrics: await modelPoints(join(folder, 'metrics')),
      }
    }
  }

  async *traces({ experiment_id }: SourceExperiment): AsyncGenerator<SourceTrace> {
    for (const { trace, folder } of readTraces(this.#folders.get(experiment_id)!, experiment_id)) {
      this.#folders.set(trace.trace.trace_info.trace_id, folder)
      yield trace
    }
  }

  async spans({ trace: { trace_info } }: SourceTrace): Promise<string[]> {
    const location = trace_info.tags?.['mlflow.artifactLocation'] ?? ''
    return readSpansFile(() => this.#filesIn(this.#folders.get(trace_info.trace_id)!, location))
  }

  async *registeredModels(): AsyncGenerator<ImportedModel> {
    yield* readModels(join(this.#root, MODELS))
  }

  /** Prefers the folder next to the run or model, because the URI is outdated if the store was moved. */
  files(kind: FileOwner, owner: SourceRun | SourceModel): SourceFiles {
    const id = kind === 'runs' ? (owner as SourceRun).run_id : (owner as SourceModel).model_id
    return this.#filesIn(this.#folders.get(id)!, owner.artifact_uri)
  }

  #filesIn(folder: string, uri: string): SourceFiles {
    const local = join(folder, 'artifacts')
    return existsSync(local) || !uri ? this.#roots.folder(local) : this.#roots.files(uri)
  }

  /** MLflow keeps evaluation data sets, scorers and webhooks in databases only. */
  async notCopied(): Promise<NotCopied[]> {
    return []
  }

  close() {}
}

interface RunLocation {
  readonly run_id: string
  readonly experiment_id: string
  readonly folder: string
  readonly parent: string
}

function toRun(meta: Meta, { run_id, experiment_id, folder, parent }: RunLocation): SourceRun {
  const tags = readPairs(join(folder, 'tags'))
  const name = textField(meta, 'run_name') ?? tags.find(({ key }) => key === 'mlflow.runName')?.value
  const status = textField(meta, 'status') ?? ''
  return {
    run_id,
    experiment_id,
    run_name: name ?? '',
    user_id: textField(meta, 'user_id') ?? '',
    status: (STATUS[Number(status)] || status || 'RUNNING') as ImportedRun['status'],
    start_time: numberField(meta, 'start_time') ?? 0,
    ...optionalField('end_time', numberField(meta, 'end_time')),
    lifecycle_stage: textField(meta, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active',
    artifact_uri: textField(meta, 'artifact_uri') ?? '',
    params: readPairs(join(folder, 'params')),
    tags,
    dataset_inputs: listFolders(join(folder, 'inputs')).flatMap((name) =>
      datasetInput(join(folder, 'inputs', name), parent),
    ),
    model_inputs: listFolders(join(folder, 'inputs')).flatMap((name) =>
      modelInput(join(folder, 'inputs', name)),
    ),
    model_outputs: listFolders(join(folder, 'outputs')).flatMap((name) =>
      modelOutput(join(folder, 'outputs', name)),
    ),
    metrics: listFiles(join(folder, 'metrics')).map((key) => ({
      key,
      extent: statSync(join(folder, 'metrics', key)).size,
    })),
  }
}

function datasetInput(folder: string, experiment: string): NonNullable<ImportedRun['dataset_inputs']> {
  const input = readMeta(folder)
  const id = input && textField(input, 'source_type') === 'DATASET' && textField(input, 'source_id')
  const meta = id && /^\w+$/.test(id) && readMeta(join(experiment, 'datasets', id))
  if (!meta) return []
  const tags = Object.entries((input?.tags ?? {}) as Record<string, unknown>)
  const dataset = {
    name: textField(meta, 'name') ?? '',
    digest: textField(meta, 'digest') ?? '',
    source_type: textField(meta, 'source_type') ?? '',
    source: textField(meta, 'source') ?? '',
    ...optionalField('schema', textField(meta, 'schema')),
    ...optionalField('profile', textField(meta, 'profile')),
  }
  return [{ dataset, tags: tags.map(([key, value]) => ({ key, value: String(value) })) }]
}

function modelInput(folder: string): { model_id: string }[] {
  const meta = readMeta(folder)
  const model_id = meta && textField(meta, 'source_type') === 'MODEL' && textField(meta, 'source_id')
  return model_id ? [{ model_id }] : []
}

function modelOutput(folder: string): { model_id: string; step: number }[] {
  const meta = readMeta(folder)
  const model_id = meta && textField(meta, 'destination_id')
  return model_id ? [{ model_id, step: numberField(meta, 'step') ?? 0 }] : []
}

/** `timestamp value [step [data set, digest]]` */
function toPoint(key: string, line: string, file: string): Point & { readonly value: number } {
  const [timestamp, text = '', step = '0'] = line.trim().split(' ')
  const value = parseFloatText(text)
  const point = { key, timestamp: Number(timestamp), step: Number(step) }
  if (value !== undefined && Number.isSafeInteger(point.timestamp) && Number.isSafeInteger(point.step))
    return { ...point, value }
  throw invalid(`${file} has a malformed metric line: '${line.slice(0, 100)}'. Correct or remove the line.`)
}

/** Parses a float in Python's notation; undefined if it is not one. */
function parseFloatText(text: string): number | undefined {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  const value = Number(text)
  return text === '' || Number.isNaN(value) ? undefined : value
}

/** `timestamp value step run [data set, digest]` */
async function modelPoints(folder: string): Promise<NonNullable<SourceModel['metrics']>> {
  const points: NonNullable<SourceModel['metrics']> = []
  for (const key of listFiles(folder))
    for await (const line of readLines(join(folder, key))) {
      const [, , , run_id, dataset_name, dataset_digest] = line.trim().split(' ')
      if (!run_id) continue
      const point = toPoint(key, line, join(folder, key))
      points.push({
        ...point,
        run_id,
        ...optionalField('dataset_name', dataset_name),
        ...optionalField('dataset_digest', dataset_digest),
      })
    }
  return points
}

import { dirname, resolve } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import type { ImportedModel, ImportedRun } from '@cairn/platform/protocol/cairn/imports'
import { type ForeignRow, type ForeignSqlite, openForeignSqlite } from '../../../database/foreign-sqlite.js'
import type { ArtifactRoots } from '../artifact-roots.js'
import {
  BATCH,
  EVALUATION_DATA_SETS,
  type FileOwner,
  modelStatus,
  type NotCopied,
  type Point,
  SCORERS,
  type Source,
  type SourceExperiment,
  type SourceFiles,
  type SourceModel,
  type SourceRun,
  type SourceTrace,
  WEBHOOKS,
} from '../source.js'
import { readSpansFile } from '../trace-data.js'
import { cellText, isSet, readModels } from './sqlite-registry.js'
import { readSpans, readTraces } from './sqlite-traces.js'

const PAGE = 500

/** The SQLite database of an MLflow server of any release; tables that a release did not have yet count as empty. */
export class SqliteSource implements Source {
  readonly #file: ForeignSqlite
  readonly #roots: ArtifactRoots

  /** @throws INVALID_PARAMETER_VALUE for anything but an MLflow database */
  constructor(path: string, roots: ArtifactRoots) {
    this.#file = openForeignSqlite(path)
    if (this.#has('migrations') && !this.#has('alembic_version')) {
      this.#file.close()
      throw invalid(
        `${path} is a database of Cairn: copy it with \`cairn db backup\`, or name the URL of its server.`,
      )
    }
    this.#roots = roots.with(dirname(resolve(path)))
    if (!this.#has('runs') || !this.#has('experiments')) {
      this.#file.close()
      throw invalid(
        `${path} is a SQLite database, but not one of MLflow: it has no tables experiments and runs.`,
      )
    }
  }

  async *experiments(): AsyncGenerator<SourceExperiment> {
    for (const row of this.#file.all('select * from experiments order by experiment_id'))
      yield {
        experiment_id: String(row.experiment_id),
        name: cellText(row.name),
        lifecycle_stage: stageOf(row),
        ...(row.artifact_location && { artifact_location: cellText(row.artifact_location) }),
        ...(isSet(row.creation_time) && { creation_time: Number(row.creation_time) }),
        ...(isSet(row.last_update_time) && { last_update_time: Number(row.last_update_time) }),
        tags: this.#pairs('experiment_tags', 'experiment_id', Number(row.experiment_id)),
      }
  }

  async *runs({ experiment_id }: SourceExperiment): AsyncGenerator<SourceRun> {
    const page = `select rowid as cursor, * from runs where experiment_id = ? and rowid > ? order by rowid limit ${PAGE}`
    for (let cursor = -1; ; ) {
      const rows = this.#file.all(page, Number(experiment_id), cursor)
      for (const row of rows) yield this.#toRun(row)
      if (rows.length < PAGE) return
      cursor = Number(rows.at(-1)!.cursor)
    }
  }

  #toRun(row: ForeignRow): SourceRun {
    const run_id = cellText(row.run_uuid)
    const tags = this.#pairs('tags', 'run_uuid', run_id)
    const name = cellText(row.name) || tags.find(({ key }) => key === 'mlflow.runName')?.value
    return {
      run_id,
      experiment_id: String(row.experiment_id),
      run_name: name ?? '',
      user_id: cellText(row.user_id),
      status: cellText(row.status) as ImportedRun['status'],
      start_time: Number(row.start_time ?? 0),
      ...(isSet(row.end_time) && { end_time: Number(row.end_time) }),
      lifecycle_stage: stageOf(row),
      artifact_uri: cellText(row.artifact_uri),
      params: this.#pairs('params', 'run_uuid', run_id),
      tags,
      ...this.#inputs(run_id),
      metrics: this.#file
        .all('select key, count(*) as points from metrics where run_uuid = ? group by key', run_id)
        .map(({ key, points }) => ({ key: cellText(key), extent: Number(points) })),
    }
  }

  #inputs(run_id: string): Pick<SourceRun, 'dataset_inputs' | 'model_inputs' | 'model_outputs'> {
    if (!this.#has('inputs')) return {}
    const rows = this.#file.all(
      `select rowid, * from inputs where (destination_type = 'RUN' and destination_id = ?)
        or (source_type in ('RUN_INPUT', 'RUN_OUTPUT') and source_id = ?) order by rowid`,
      run_id,
      run_id,
    )
    const ofType = (type: string) => rows.filter((row) => row.source_type === type)
    return {
      dataset_inputs: ofType('DATASET').flatMap((row) => this.#dataset(row)),
      model_inputs: ofType('RUN_INPUT').map((row) => ({ model_id: cellText(row.destination_id) })),
      model_outputs: ofType('RUN_OUTPUT').map((row) => ({
        model_id: cellText(row.destination_id),
        step: Number(row.step ?? 0),
      })),
    }
  }

  #dataset(input: ForeignRow): NonNullable<ImportedRun['dataset_inputs']> {
    const [row] = this.#file.all('select * from datasets where dataset_uuid = ?', cellText(input.source_id))
    if (!row) return []
    const dataset = {
      name: cellText(row.name),
      digest: cellText(row.digest),
      source_type: cellText(row.dataset_source_type),
      source: cellText(row.dataset_source),
      ...(isSet(row.dataset_schema) && { schema: cellText(row.dataset_schema) }),
      ...(isSet(row.dataset_profile) && { profile: cellText(row.dataset_profile) }),
    }
    return [
      { dataset, tags: this.#pairs('input_tags', 'input_uuid', cellText(input.input_uuid), 'name', 'value') },
    ]
  }

  async *history({ run_id }: SourceRun): AsyncGenerator<Point[]> {
    const page = `select rowid as cursor, key, value, timestamp, step, is_nan from metrics
      where run_uuid = ? and rowid > ? order by rowid limit ${BATCH}`
    for (let cursor = -1; ; ) {
      const rows = this.#file.all(page, run_id, cursor)
      if (rows.length > 0) yield rows.map(toPoint)
      if (rows.length < BATCH) return
      cursor = Number(rows.at(-1)!.cursor)
    }
  }

  async *loggedModels({ experiment_id }: SourceExperiment): AsyncGenerator<SourceModel> {
    if (!this.#has('logged_models')) return
    for (const row of this.#file.all(
      'select * from logged_models where experiment_id = ? order by rowid',
      Number(experiment_id),
    )) {
      const model_id = cellText(row.model_id)
      yield {
        model_id,
        experiment_id,
        name: cellText(row.name),
        artifact_uri: cellText(row.artifact_location),
        creation_timestamp_ms: Number(row.creation_timestamp_ms),
        last_updated_timestamp_ms: Number(row.last_updated_timestamp_ms),
        status: modelStatus(Number(row.status)),
        lifecycle_stage: stageOf(row),
        ...(isSet(row.status_message) && { status_message: cellText(row.status_message) }),
        ...(isSet(row.model_type) && { model_type: cellText(row.model_type) }),
        ...(isSet(row.source_run_id) && { source_run_id: cellText(row.source_run_id) }),
        params: this.#pairs('logged_model_params', 'model_id', model_id, 'param_key', 'param_value'),
        tags: this.#pairs('logged_model_tags', 'model_id', model_id, 'tag_key', 'tag_value'),
        metrics: this.#file
          .all('select * from logged_model_metrics where model_id = ? order by rowid', model_id)
          .map(toModelPoint),
      }
    }
  }

  async *traces({ experiment_id }: SourceExperiment): AsyncGenerator<SourceTrace> {
    yield* readTraces(this.#file, Number(experiment_id))
  }

  async spans(trace: SourceTrace): Promise<string[]> {
    const spans = readSpans(this.#file, trace)
    const location = trace.trace.trace_info.tags?.['mlflow.artifactLocation'] ?? ''
    return spans.length > 0 ? spans : readSpansFile(() => this.#roots.files(location))
  }

  async *registeredModels(): AsyncGenerator<ImportedModel> {
    yield* readModels(this.#file)
  }

  files(_kind: FileOwner, { artifact_uri }: SourceRun | SourceModel): SourceFiles {
    return this.#roots.files(artifact_uri)
  }

  async notCopied(): Promise<NotCopied[]> {
    return [
      { what: EVALUATION_DATA_SETS, count: this.#count('evaluation_datasets') },
      { what: SCORERS, count: this.#count('scorers') },
      { what: WEBHOOKS, count: this.#count('webhooks where deleted_timestamp is null') },
    ]
  }

  close() {
    this.#file.close()
  }

  #count(table: string): number {
    if (!this.#has(table.split(' ')[0]!)) return 0
    return Number(this.#file.all(`select count(*) as count from ${table}`)[0]!.count)
  }

  #has(table: string) {
    return this.#file.columns(table).size > 0
  }

  #pairs(table: string, owner: string, id: string | number, key = 'key', value = 'value') {
    return this.#file
      .all(`select ${key} as key, ${value} as value from ${table} where ${owner} = ? order by rowid`, id)
      .map((row) => ({ key: cellText(row.key), value: cellText(row.value) }))
  }
}

const stageOf = (row: ForeignRow) => (row.lifecycle_stage === 'deleted' ? 'deleted' : 'active')

const toPoint = (row: ForeignRow): Point => ({
  key: cellText(row.key),
  value: row.is_nan ? Number.NaN : Number(row.value),
  timestamp: Number(row.timestamp),
  step: Number(row.step),
})

const toModelPoint = (row: ForeignRow): NonNullable<SourceModel['metrics']>[number] => ({
  key: cellText(row.metric_name),
  value: !isSet(row.metric_value) ? Number.NaN : Number(row.metric_value),
  timestamp: Number(row.metric_timestamp_ms),
  step: Number(row.metric_step),
  run_id: cellText(row.run_id),
  ...(isSet(row.dataset_name) && { dataset_name: cellText(row.dataset_name) }),
  ...(isSet(row.dataset_digest) && { dataset_digest: cellText(row.dataset_digest) }),
})

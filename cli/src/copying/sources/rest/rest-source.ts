import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ReadableStream } from 'node:stream/web'
import { ApiError } from '@cairn/platform/errors'
import type { ImportedModel, ImportedVersion } from '@cairn/platform/protocol/cairn/imports'
import { type Client, createClient, type Fetch } from '@cairn/platform/protocol/client'
import { ListArtifacts } from '@cairn/platform/protocol/mlflow/artifacts'
import { SearchExperiments } from '@cairn/platform/protocol/mlflow/experiments'
import {
  ListLoggedModelArtifacts,
  type LoggedModel,
  SearchLoggedModels,
} from '@cairn/platform/protocol/mlflow/logged-models'
import { GetMetricHistory } from '@cairn/platform/protocol/mlflow/metrics'
import { SearchModelVersions } from '@cairn/platform/protocol/mlflow/model-versions'
import {
  GetRegisteredModel,
  type ModelVersion,
  type RegisteredModel,
  SearchRegisteredModels,
} from '@cairn/platform/protocol/mlflow/registered-models'
import { GetRun, type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import type { Output } from '@cairn/platform/protocol/operation'
import { pages } from '@cairn/sdk/page'
import { filterText } from '../../../client/filter-text.js'
import {
  BATCH,
  distinctPoints,
  type FileOwner,
  type NotCopied,
  type Point,
  type Source,
  type SourceExperiment,
  type SourceFile,
  type SourceFiles,
  type SourceModel,
  type SourceRun,
  type SourceTrace,
} from '../source.js'
import { parseSpans } from '../trace-data.js'
import { countNotCopied } from './count-not-copied.js'
import { RestComments } from './rest-comments.js'
import { readTraces } from './rest-traces.js'
import { undefinedIfUnsupported } from './unsupported-endpoint.js'

const PAGE = 200
const IS_PROMPT = 'mlflow.prompt.is_prompt'
const PROMPTS = `tags.\`${IS_PROMPT}\` = 'true'`

export interface RestOptions {
  readonly fetch: Fetch
  readonly headers: Record<string, string>
}

/** A server that speaks MLflow's API. */
export class RestSource implements Source {
  readonly #call: Client
  readonly #url: string
  readonly #options: RestOptions
  readonly #comments: RestComments

  constructor(url: string, options: RestOptions) {
    this.#url = url.replace(/\/$/, '')
    this.#options = options
    this.#call = createClient(this.#url, options)
    this.#comments = new RestComments(this.#call)
  }

  async *experiments(): AsyncGenerator<SourceExperiment> {
    yield* pages(async (page_token) => {
      const response = await this.#call(SearchExperiments, {
        max_results: PAGE,
        view_type: 'ALL',
        ...(page_token && { page_token }),
      })
      const experiments = (response.experiments ?? []) as (SourceExperiment & { tags?: Pair[] })[]
      return { items: experiments, next: response.next_page_token }
    })
  }

  /** Gets each run separately, because MLflow's search omits its model inputs and outputs. */
  async *runs({ experiment_id }: SourceExperiment): AsyncGenerator<SourceRun> {
    for await (const run_id of this.#runIds(experiment_id)) yield await this.run(run_id)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async run(run_id: string): Promise<SourceRun> {
    const { run } = await this.#call(GetRun, { run_id })
    const comments = await this.#comments.of(run_id)
    // Without an empty list, a run has the digest that earlier releases kept of it.
    return { ...toRun(run), ...(comments.length > 0 && { comments }) }
  }

  async *#runIds(experiment_id: string): AsyncGenerator<string> {
    for await (const { info } of pages(async (page_token) => {
      const response = await this.#call(SearchRuns, {
        experiment_ids: [experiment_id],
        run_view_type: 'ALL',
        max_results: PAGE,
        order_by: ['attributes.start_time ASC', 'attributes.run_id ASC'],
        ...(page_token && { page_token }),
      })
      return { items: response.runs ?? [], next: response.next_page_token }
    }))
      yield info.run_id
  }

  async *history({ run_id, metrics }: SourceRun): AsyncGenerator<Point[]> {
    for (const { key: metric_key } of metrics)
      for (let token: string | undefined; ; ) {
        const page: Output<typeof GetMetricHistory> = await this.#call(GetMetricHistory, {
          run_id,
          metric_key,
          max_results: BATCH,
          ...(token && { page_token: token }),
        })
        // Servers without paging return the whole history in the first page.
        const points = distinctPoints(page.metrics ?? [])
        for (let start = 0; start < points.length; start += BATCH) yield points.slice(start, start + BATCH)
        token = page.next_page_token
        if (!token) break
      }
  }

  async *loggedModels({ experiment_id }: SourceExperiment): AsyncGenerator<SourceModel> {
    yield* pages(async (page_token) => {
      const query = { experiment_ids: [experiment_id], max_results: 50, ...(page_token && { page_token }) }
      const response = await this.#call(SearchLoggedModels, query).catch(undefinedIfUnsupported)
      return { items: (response?.models ?? []).map(toModel), next: response?.next_page_token }
    })
  }

  traces({ experiment_id }: SourceExperiment): AsyncGenerator<SourceTrace> {
    return readTraces(this.#call, experiment_id, () => this.#runIds(experiment_id))
  }

  async spans({ trace }: SourceTrace): Promise<string[]> {
    const { fetch, headers } = this.#options
    const query = new URLSearchParams({ request_id: trace.trace_info.trace_id })
    const path = `/ajax-api/2.0/mlflow/get-trace-artifact?${query}`
    const response = await fetch(this.#url + path, { headers })
    if (response.status === 404) return []
    return parseSpans(await text(await this.#bodyOf(response, path)))
  }

  /** Searches twice: prompts are only returned when the filter names them. */
  async *registeredModels(): AsyncGenerator<ImportedModel> {
    for (const filter of ['', PROMPTS])
      for await (const model of pages(async (page_token) => {
        const query = { max_results: 100, ...(filter && { filter }), ...(page_token && { page_token }) }
        const response = await this.#call(SearchRegisteredModels, query)
        return { items: response.registered_models ?? [], next: response.next_page_token }
      })) {
        if (Boolean(filter) === isPrompt(model)) yield await this.#withVersions(model)
      }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async registeredModel(name: string): Promise<ImportedModel> {
    const { registered_model } = await this.#call(GetRegisteredModel, { name })
    return this.#withVersions(registered_model)
  }

  /** Servers that support prompts hide their versions from an unfiltered search, too. */
  async #withVersions(model: RegisteredModel): Promise<ImportedModel> {
    const ofModel = `name = ${filterText(model.name)}`
    const versions = new Map<number, ImportedVersion>()
    for (const filter of isPrompt(model) ? [ofModel, `${ofModel} AND ${PROMPTS}`] : [ofModel])
      for await (const version of pages(async (page_token) => {
        const response = await this.#call(SearchModelVersions, {
          filter,
          max_results: PAGE,
          ...(page_token && { page_token }),
        })
        return { items: response.model_versions ?? [], next: response.next_page_token }
      }))
        versions.set(Number(version.version), toVersion(version))
    const { latest_versions: _, aliases = [], ...rest } = model
    return {
      ...rest,
      versions: [...versions.values()].sort((a, b) => a.version - b.version),
      aliases: aliases.map(({ alias, version }) => ({ alias, version: Number(version) })),
    }
  }

  files(kind: FileOwner, owner: SourceRun | SourceModel): SourceFiles {
    return this.filesOf(kind, kind === 'runs' ? (owner as SourceRun).run_id : (owner as SourceModel).model_id)
  }

  filesOf(kind: FileOwner, id: string): SourceFiles {
    const folder = async (path: string) => {
      const within = path ? { path } : {}
      const { files = [] } =
        kind === 'runs'
          ? await this.#call(ListArtifacts, { run_id: id, ...within })
          : await this.#call(ListLoggedModelArtifacts, {
              model_id: id,
              ...(path && { artifact_directory_path: path }),
            })
      return files
    }
    const list = async function* (path = ''): AsyncGenerator<SourceFile> {
      for (const file of await folder(path))
        if (file.is_dir) yield* list(file.path)
        else yield { path: file.path, size: file.file_size ?? 0 }
    }
    const downloadPath =
      kind === 'runs'
        ? (path: string) => `/get-artifact?${new URLSearchParams({ run_id: id, path })}`
        : (path: string) =>
            `/ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(id)}/artifacts/files?${new URLSearchParams({ artifact_file_path: path })}`
    return { list: () => list(), open: (path) => this.#download(downloadPath(path)) }
  }

  async #download(path: string): Promise<Readable> {
    const { fetch, headers } = this.#options
    return this.#bodyOf(await fetch(this.#url + path, { headers }), path)
  }

  #bodyOf(response: Response, path: string): Readable {
    if (!response.ok)
      throw new ApiError('TEMPORARILY_UNAVAILABLE', `The source returned ${response.status} for GET ${path}`)
    return response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([])
  }

  notCopied(): Promise<NotCopied[]> {
    return countNotCopied(this.#call, this.experiments())
  }

  close() {}
}

interface Pair {
  key: string
  value?: string
}

const isPrompt = ({ tags = [] }: RegisteredModel) => tags.some(({ key }) => key === IS_PROMPT)

export const toRun = ({ info, data, inputs, outputs }: Run): SourceRun => ({
  run_id: info.run_id,
  experiment_id: info.experiment_id,
  run_name: info.run_name ?? '',
  user_id: info.user_id ?? '',
  status: info.status,
  start_time: info.start_time ?? 0,
  ...(info.end_time && { end_time: info.end_time }),
  lifecycle_stage: info.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
  artifact_uri: info.artifact_uri ?? '',
  params: data?.params ?? [],
  tags: data?.tags ?? [],
  dataset_inputs: inputs?.dataset_inputs ?? [],
  model_inputs: inputs?.model_inputs ?? [],
  model_outputs: (outputs?.model_outputs ?? []).map(({ model_id, step = 0 }) => ({ model_id, step })),
  metrics: (data?.metrics ?? []).map(({ key, value, timestamp, step = 0 }) => ({
    key,
    extent: `${step} ${timestamp} ${value}`,
  })),
})

export const toModel = ({ info, data }: LoggedModel): SourceModel => ({
  ...info,
  params: data?.params ?? [],
  tags: info.tags ?? [],
  metrics: (data?.metrics ?? []).map(({ model_id: _, ...metric }) => metric) as NonNullable<
    SourceModel['metrics']
  >,
})

const toVersion = (version: ModelVersion): ImportedVersion => ({
  version: Number(version.version),
  creation_timestamp: version.creation_timestamp,
  last_updated_timestamp: version.last_updated_timestamp,
  current_stage: version.current_stage ?? 'None',
  description: version.description ?? '',
  source: version.source ?? '',
  run_id: version.run_id ?? '',
  run_link: version.run_link ?? '',
  ...(version.user_id && { user_id: version.user_id }),
  ...(version.model_id && { model_id: version.model_id }),
  tags: version.tags ?? [],
})

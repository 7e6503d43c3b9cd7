import { CairnError, undefinedIfNotFound } from './cairn-error.js'
import { parseJson } from './http/parse-json.js'
import { sleep } from './http/retry.js'
import { encodeSegment, type Transport } from './transport.js'
import { type Tag, toRows } from './wire.js'

const BASE = '/api/2.0/serving-endpoints'

export interface ServedEntity {
  /** Defaults to `{entity_name}-{entity_version}` on the server. */
  readonly name?: string
  readonly entity_name: string
  /** A version number; Cairn also accepts an alias, e.g. `@champion`. */
  readonly entity_version: string
  readonly workload_size?: string
  readonly scale_to_zero_enabled?: boolean
  readonly environment_vars?: Record<string, string>
  readonly state?: { readonly deployment: string; readonly deployment_state_message?: string }
}

export interface EndpointConfig {
  readonly served_entities: readonly ServedEntity[]
  readonly traffic_config?: {
    readonly routes: readonly { readonly served_model_name: string; readonly traffic_percentage: number }[]
  }
}

export interface Endpoint {
  readonly name: string
  readonly id?: string
  readonly creator?: string
  readonly creation_timestamp?: number
  readonly last_updated_timestamp?: number
  readonly state: {
    readonly ready: 'READY' | 'NOT_READY'
    readonly config_update: 'NOT_UPDATING' | 'IN_PROGRESS' | 'UPDATE_FAILED' | 'UPDATE_CANCELED'
  }
  readonly config?: EndpointConfig & { readonly config_version?: number }
  readonly pending_config?: EndpointConfig
  readonly tags?: readonly Tag[]
}

/** Exactly one of MLflow's four input forms, plus inference parameters. */
export type ScoringInput = {
  readonly dataframe_records?: readonly Record<string, unknown>[]
  readonly dataframe_split?: { readonly columns: readonly string[]; readonly data: readonly unknown[][] }
  readonly instances?: readonly unknown[]
  readonly inputs?: unknown
  readonly params?: Record<string, unknown>
  readonly client_request_id?: string
}

export interface ScoringResponse<T> {
  readonly predictions: T
  /** From the response header `served-model-name`. */
  readonly servedModelName: string | undefined
}

/** Serving endpoints, through the Databricks API. */
export class ServingClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  create(name: string, config: EndpointConfig, tags: Record<string, string> = {}): Promise<Endpoint> {
    const json = { name, config, tags: toRows(tags) }
    return this.#transport.call<Endpoint>({ method: 'POST', path: BASE, json })
  }

  get(name: string): Promise<Endpoint> {
    return this.#transport.call<Endpoint>({ method: 'GET', path: `${BASE}/${encodeSegment(name)}` })
  }

  find(name: string): Promise<Endpoint | undefined> {
    return this.get(name).catch(undefinedIfNotFound)
  }

  async list(): Promise<readonly Endpoint[]> {
    const response = await this.#transport.call<{ endpoints?: Endpoint[] }>({ method: 'GET', path: BASE })
    return response.endpoints ?? []
  }

  /** Starts the update; the old configuration serves until the new one is ready. See `wait`. */
  updateConfig(name: string, config: EndpointConfig): Promise<Endpoint> {
    return this.#transport.call<Endpoint>({
      method: 'PUT',
      path: `${BASE}/${encodeSegment(name)}/config`,
      json: config,
      idempotent: false,
    })
  }

  async delete(name: string): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: `${BASE}/${encodeSegment(name)}` })
  }

  /**
   * Resolves once no update is in progress.
   *
   * @throws CairnError UPDATE_FAILED or UPDATE_CANCELED with the failed entity's message, DEADLINE_EXCEEDED
   */
  async wait(
    name: string,
    options: { timeoutMs?: number; pollMs?: number; signal?: AbortSignal } = {},
  ): Promise<Endpoint> {
    const { timeoutMs = 120_000, pollMs = 200, signal } = options
    const deadline = performance.now() + timeoutMs
    for (let poll = 0; ; poll++) {
      const endpoint = await this.get(name)
      const update = endpoint.state.config_update
      if (update === 'NOT_UPDATING') return endpoint
      if (update !== 'IN_PROGRESS')
        throw new CairnError(update, `Endpoint '${name}': ${messageOf(endpoint)}`, 0)
      if (performance.now() > deadline)
        throw new CairnError('DEADLINE_EXCEEDED', `Endpoint '${name}' is not ready after ${timeoutMs} ms`, 0)
      await sleep(Math.min(2000, pollMs * 1.3 ** poll), signal)
    }
  }

  /** Scores `input`. Scoring is idempotent, so it is retried like a read. */
  async query<T = unknown>(
    name: string,
    input: ScoringInput,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<ScoringResponse<T>> {
    const path = `/serving-endpoints/${encodeSegment(name)}/invocations`
    const request = { method: 'POST', path, json: input, idempotent: true, ...options } as const
    const response = await this.#transport.open(request)
    const { predictions } = (await parseJson(response)) as { predictions: T }
    return { predictions, servedModelName: response.headers.get('served-model-name') ?? undefined }
  }
}

function messageOf(endpoint: Endpoint): string {
  const entities = [
    ...(endpoint.pending_config?.served_entities ?? []),
    ...(endpoint.config?.served_entities ?? []),
  ]
  const failed = entities.find((entity) => entity.state?.deployment === 'DEPLOYMENT_FAILED')
  return failed?.state?.deployment_state_message ?? endpoint.state.config_update
}

import { isConflict, undefinedIfNotFound } from '../cairn-error.js'
import { pages } from '../page.js'
import type { Transport } from '../transport.js'
import { type Experiment, toRows, type ViewType } from '../wire.js'
import { createOnce } from './create-once.js'

const BASE = '/api/2.0/mlflow/experiments'

export interface SearchExperiments {
  readonly filter?: string
  readonly order_by?: readonly string[]
  readonly view_type?: ViewType
  readonly max_results?: number
}

/** Experiments, through the tracking API. Part of `TrackingClient`. */
export class Experiments {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async create(
    name: string,
    options: { artifact_location?: string; tags?: Record<string, string> } = {},
  ): Promise<string> {
    const { tags = {}, ...rest } = options
    const json = { name, ...rest, tags: toRows(tags) }
    const response = await this.#transport.call<{ experiment_id: string }>({
      method: 'POST',
      path: `${BASE}/create`,
      json,
    })
    return response.experiment_id
  }

  async get(experiment_id: string): Promise<Experiment> {
    return this.#get('get', { experiment_id })
  }

  async getByName(experiment_name: string): Promise<Experiment> {
    return this.#get('get-by-name', { experiment_name })
  }

  findByName(experiment_name: string): Promise<Experiment | undefined> {
    return this.getByName(experiment_name).catch(undefinedIfNotFound)
  }

  /** Returns the experiment of this name and creates it if missing; safe to call concurrently. */
  async ensure(name: string): Promise<Experiment> {
    const found = await this.findByName(name)
    if (found) return found
    const create = async () => this.get(await this.create(name))
    try {
      return await createOnce({ create, find: () => this.findByName(name) })
    } catch (error) {
      if (isConflict(error)) return this.getByName(name)
      throw error
    }
  }

  /** Yields every match; pages are fetched as they are read. */
  search(query: SearchExperiments = {}): AsyncGenerator<Experiment> {
    return pages(async (page_token) => {
      const json = { max_results: 1000, ...query, page_token }
      const path = `${BASE}/search`
      const response = await this.#transport.call<{ experiments?: Experiment[]; next_page_token?: string }>({
        method: 'POST',
        path,
        json,
        idempotent: true,
      })
      return { items: response.experiments ?? [], next: response.next_page_token }
    })
  }

  async rename(experiment_id: string, new_name: string): Promise<void> {
    await this.#post('update', { experiment_id, new_name })
  }

  async setTag(experiment_id: string, key: string, value: string): Promise<void> {
    await this.#post('set-experiment-tag', { experiment_id, key, value })
  }

  async delete(experiment_id: string): Promise<void> {
    await this.#transport.call({ method: 'POST', path: `${BASE}/delete`, json: { experiment_id } })
  }

  async restore(experiment_id: string): Promise<void> {
    await this.#transport.call({ method: 'POST', path: `${BASE}/restore`, json: { experiment_id } })
  }

  async #get(name: string, query: Record<string, string>): Promise<Experiment> {
    const path = `${BASE}/${name}`
    const response = await this.#transport.call<{ experiment: Experiment }>({ method: 'GET', path, query })
    return response.experiment
  }

  async #post(name: string, json: object): Promise<void> {
    await this.#transport.call({ method: 'POST', path: `${BASE}/${name}`, json, idempotent: true })
  }
}

import type { TestResponse, TrackingApp } from './tracking-app.js'
import { type SendV3, v3Client } from './v3-client.js'

export interface DatasetClient {
  readonly send: SendV3
  /** @returns its id */
  createExperiment(): Promise<string>
  create(dataset?: object): Promise<TestResponse['body']>
  get(id: string): Promise<TestResponse['body']>
  /** @param records as values or as JSON text */
  put(id: string, records: unknown): Promise<TestResponse>
  list(id: string, query?: string): Promise<{ records: TestResponse['body']; next: string | undefined }>
}

/** Returns helpers for requests about evaluation datasets. */
export function datasetClient(tracked: TrackingApp): DatasetClient {
  const send = v3Client(tracked)
  let made = 0
  return {
    send,
    createExperiment: () => tracked.createExperiment(`evaluation ${made++}`),
    async create(dataset = {}) {
      return (await send('POST', 'datasets/create', { name: 'ds', ...dataset })).body.dataset
    },
    async get(id) {
      return (await send('GET', `datasets/${id}`)).body.dataset
    },
    put: (id, records) =>
      send('POST', `datasets/${id}/records`, {
        records: typeof records === 'string' ? records : JSON.stringify(records),
      }),
    async list(id, query = '') {
      const { body } = await send('GET', `datasets/${id}/records${query}`)
      return { records: JSON.parse(body.records), next: body.next_page_token }
    },
  }
}

import type { Answer, Tracked } from './tracked.js'
import { type SendV3, v3 } from './v3.js'

export interface Datasets {
  readonly send: SendV3
  /** @returns its id */
  anExperiment(): Promise<string>
  create(dataset?: object): Promise<Answer['body']>
  get(id: string): Promise<Answer['body']>
  /** Records as JSON, or as the text that stands for it. */
  put(id: string, records: unknown): Promise<Answer>
  list(id: string, query?: string): Promise<{ records: Answer['body']; next: string | undefined }>
}

/** Short words for requests about evaluation data sets. */
export function datasetsOf(tracked: Tracked): Datasets {
  const send = v3(tracked)
  let made = 0
  return {
    send,
    async anExperiment() {
      const { body } = await tracked.post('experiments/create', { name: `evaluation ${made++}` })
      return body.experiment_id
    },
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

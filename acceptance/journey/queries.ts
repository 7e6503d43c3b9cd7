import { type ApiResponse, send } from '../harness/api.js'

const QUERY = { dataframe_records: [{ history: [260, 1196, 2571], k: 5, filter_seen: true }] }

export const ask = (url: string, endpoint = 'movies'): Promise<ApiResponse> =>
  send(url, 'POST', `/serving-endpoints/${endpoint}/invocations`, { body: QUERY })

/** The model version that served the response. */
export const versionOf = (answer: ApiResponse) => answer.headers.get('served-model-version')

/** Queries an endpoint continuously from several clients until stopped. */
export function queryContinuously(url: string, clients = 3) {
  const versions = new Map<string | null, number>()
  const failures: string[] = []
  let stopped = false
  const client = async () => {
    while (!stopped) {
      const answer = await ask(url).catch((error: Error) => error)
      if (answer instanceof Error) failures.push(String(answer.cause ?? answer))
      else if (answer.status !== 200) failures.push(`${answer.status} ${answer.text}`)
      else versions.set(versionOf(answer), (versions.get(versionOf(answer)) ?? 0) + 1)
    }
  }
  const asking = Promise.all(Array.from({ length: clients }, client))
  return {
    /** Number of responses by version so far. */
    versions,
    async stop() {
      stopped = true
      await asking
      return { failures, versions }
    },
  }
}

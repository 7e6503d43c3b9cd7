import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { RecordedResponse } from './compare.js'
import { IdMap } from './ids.js'
import { cut, type Exchange } from './recording.js'

export interface ReplayedExchange {
  readonly recorded: Exchange
  readonly answered: RecordedResponse
}

/** Sends recorded requests to a fresh server in order, with ids from its earlier responses. */
export async function replay(url: string, recording: readonly Exchange[]): Promise<ReplayedExchange[]> {
  const names = new IdMap()
  const replayed: ReplayedExchange[] = []
  for (const recorded of recording) {
    const answered = await send(url, names.translate(recorded))
    names.learn(recorded.answer, answered.answer)
    replayed.push({ recorded, answered: { ...answered, answer: cut(answered.answer) } })
  }
  return replayed
}

/** Sends without `fetch`, which normalizes paths and sets the Host header. */
function send(
  url: string,
  { method, path, query = {}, body, raw, headers = {} }: Exchange,
): Promise<RecordedResponse> {
  const { hostname, port } = new URL(url)
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])),
  )
  const content = Buffer.from(raw ?? (body === undefined ? '' : JSON.stringify(body)))
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      method,
      path: search.size > 0 ? `${path}?${search}` : path,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(content.length > 0 && { 'content-length': content.length }),
        ...headers,
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) =>
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, answer: parse(answer) }),
        reject,
      ),
    )
    sent.end(content)
  })
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}

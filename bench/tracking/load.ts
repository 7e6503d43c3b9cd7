import { Agent, request } from 'node:http'

/** Sends requests to a tracking server; those with another status than 200 reject. */
export interface Client {
  /** @param body JSON, or its bytes */
  post(path: string, body: unknown): Promise<unknown>
  get(path: string): Promise<unknown>
  close(): void
}

/**
 * A keep-alive client with the least overhead that Node's http allows.
 *
 * @param authorization the header, if any
 */
export function client(baseUrl: string, connections: number, authorization?: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, noDelay: true })
  const send = (method: 'GET' | 'POST', path: string, payload?: Buffer) =>
    new Promise<unknown>((resolve, reject) => {
      const headers = {
        ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
        ...(authorization && { authorization }),
      }
      const sent = request(baseUrl + path, { method, agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          if (response.statusCode === 200) resolve(JSON.parse(text))
          else reject(new Error(`${path} returned ${response.statusCode}: ${text.slice(0, 200)}`))
        })
      })
      sent.on('error', reject)
      sent.end(payload)
    })
  return {
    post: (path, body) => send('POST', path, body instanceof Buffer ? body : bytesOf(body)),
    get: (path) => send('GET', path),
    close: () => agent.destroy(),
  }
}

export const bytesOf = (body: unknown) => Buffer.from(JSON.stringify(body))

export interface Latencies {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Runs `clients` concurrent loops of sequential requests for `seconds`. */
export async function measure(
  clients: number,
  seconds: number,
  one: (n: number) => Promise<unknown>,
): Promise<Latencies> {
  const latencies: number[] = []
  let n = 0
  const started = performance.now()
  const loop = async () => {
    while (performance.now() - started < seconds * 1000) {
      const sentAt = performance.now()
      await one(n++)
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, loop))
  return summary(latencies, performance.now() - started)
}

/** Sends `count` requests sequentially. */
export async function repeat(count: number, one: (n: number) => Promise<unknown>): Promise<Latencies> {
  const latencies: number[] = []
  const started = performance.now()
  for (let n = 0; n < count; n++) {
    const sentAt = performance.now()
    await one(n)
    latencies.push(performance.now() - sentAt)
  }
  return summary(latencies, performance.now() - started)
}

export function summary(latencies: readonly number[], elapsed: number): Latencies {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { requestsPerSecond: (sorted.length / elapsed) * 1000, p50: at(0.5), p99: at(0.99) }
}

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly at: number
}

interface ReceiverResponse {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: ReceivedRequest[]
  /** Resolves when this many requests have arrived, however long it takes. */
  until(count: number): Promise<ReceivedRequest[]>
}

/** An HTTP server that records requests, and responds with the result of `reply`, which gets the number of the request. */
export async function receiver(
  reply: (count: number) => ReceiverResponse | Promise<ReceiverResponse> = () => ({ status: 200 }),
): Promise<Receiver> {
  const received: ReceivedRequest[] = []
  const watchers = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const count = received.push({
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      at: Date.now(),
    })
    for (const watch of watchers) watch()
    const { status, headers, body } = await reply(count)
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const watch = () => {
          if (received.length < count) return
          watchers.delete(watch)
          resolve([...received])
        }
        watchers.add(watch)
        watch()
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

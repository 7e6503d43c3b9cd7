import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Latencies, summary } from '../tracking/load.js'

export interface Target {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Several are sent in turns. */
  readonly body: string | readonly string[]
}

/** Requests by outcome; the times are those of successful ones. */
export interface LoadResult extends Latencies {
  readonly requests: number
  readonly statuses: Readonly<Record<number, number>>
}

/**
 * Sends requests in `clients` concurrent loops, each on its own connection, which costs little CPU.
 *
 * @param pauseMs after a request that was refused
 */
export async function load(
  target: Target,
  clients: number,
  seconds: number,
  pauseMs = 0,
): Promise<LoadResult> {
  const requests = [target.body].flat().map((body) => requestBytes({ ...target, body }))
  const { hostname, port } = new URL(target.url)
  const until = performance.now() + seconds * 1000
  const latencies: number[] = []
  const statuses: Record<number, number> = {}
  let sent = 0
  const started = performance.now()
  async function loop() {
    const connection = new Connection(await open(hostname, Number(port)))
    while (performance.now() < until) {
      const sentAt = performance.now()
      const status = await connection.send(requests[sent++ % requests.length]!)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 200) latencies.push(performance.now() - sentAt)
      else await sleep(pauseMs)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: clients }, loop))
  return { ...summary(latencies, performance.now() - started), requests: latencies.length, statuses }
}

function requestBytes({ url, headers = {}, body }: Target & { readonly body: string }): Buffer {
  const { host, pathname } = new URL(url)
  const lines = Object.entries({
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** A kept-alive connection that reads responses with a Content-Length. */
class Connection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #settle: ((status: number) => void) | undefined
  #fail: ((error: Error) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', (error) => this.#fail?.(error))
    socket.on('close', () => this.#fail?.(new Error('The server closed the connection')))
  }

  /** @returns the status of the response */
  send(bytes: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
      this.#socket.write(bytes)
    })
  }

  close() {
    this.#fail = undefined
    this.#socket.destroy()
  }

  #read(chunk: Buffer) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    this.#received = this.#received.subarray(end + 4 + length)
    this.#settle?.(Number(head.slice(9, 12)))
  }
}

import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../harness/free-port.js'

/** A TCP proxy that can be cut and restored, like a network failure or a restarted service. */
export class TcpProxy implements AsyncDisposable {
  readonly #host: string
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #listening: Server | undefined
  /** The port of the proxy; stable across cuts. */
  readonly port: number

  private constructor(service: { readonly host: string; readonly port: number }, port: number) {
    this.#host = service.host
    this.#port = service.port
    this.port = port
  }

  /** @param url URL of the service */
  static async to(url: string, defaultPort: number): Promise<TcpProxy> {
    const { hostname, port } = new URL(url)
    const service = { host: hostname, port: Number(port) || defaultPort }
    const proxy = new TcpProxy(service, await freePort())
    await proxy.restore()
    return proxy
  }

  /** The URL of the service through the proxy. */
  urlTo(url: string): string {
    const through = new URL(url)
    through.hostname = '127.0.0.1'
    through.port = String(this.port)
    return through.href
  }

  /** Closes all connections and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#listening?.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async restore(): Promise<void> {
    this.#listening = createServer((near) => this.#join(near))
    await new Promise<void>((resolve, reject) => {
      this.#listening!.once('error', reject).listen(this.port, '127.0.0.1', resolve)
    })
  }

  async [Symbol.asyncDispose]() {
    if (this.#listening?.listening) await this.cut()
  }

  #join(near: Socket) {
    const far = connect(this.#port, this.#host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}

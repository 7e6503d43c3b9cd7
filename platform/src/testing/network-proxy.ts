import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that can drop all traffic without closing connections, as a broken network does. */
export class NetworkProxy implements AsyncDisposable {
  readonly #host: string
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #isSilent = false
  /** Called with the text that is sent to the server, before it is passed on. */
  onSent: (text: string) => void = () => undefined

  private constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
    this.#server = createServer((near) => this.#join(near))
  }

  /** Starts a proxy. @param url the URL of the server behind it */
  static async to(url: string): Promise<NetworkProxy> {
    const { hostname, port } = new URL(url)
    const line = new NetworkProxy(hostname, Number(port))
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  /** Returns the URL of the server through this proxy. */
  instead(url: string): string {
    const through = new URL(url)
    const address = this.#server.address()
    through.hostname = '127.0.0.1'
    through.port = String(typeof address === 'object' && address?.port)
    return through.href
  }

  /** Drops everything that either side sends from now on, on new connections too. */
  fallSilent() {
    this.#isSilent = true
  }

  /** Lets new connections work again, but not those that missed something. */
  mend() {
    this.#isSilent = false
  }

  async [Symbol.asyncDispose]() {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(near: Socket) {
    const far = connect(this.#port, this.#host)
    let isLost = this.#isSilent
    const pass = (from: Socket, to: Socket, seen: (text: string) => void) => {
      this.#sockets.add(from)
      from.on('data', (bytes) => {
        seen(bytes.toString('latin1'))
        isLost ||= this.#isSilent
        if (!isLost) to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        if (!isLost) to.destroy()
      })
    }
    pass(near, far, (text) => this.onSent(text))
    pass(far, near, () => undefined)
  }
}

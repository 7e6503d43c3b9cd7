import { CairnError } from '@cairn/sdk/cairn-error'
import { HttpTransport } from '@cairn/sdk/http'
import type { ApiRequest } from '@cairn/sdk/transport'

/** What the server tells this page at `config.json`. */
export interface Config {
  readonly endpoint: string
  readonly table: string
  /** Of the web team's service principal; absent where nobody has to sign in. */
  readonly token?: string
}

interface Connection {
  readonly config: Config
  readonly transport: HttpTransport
}

/** The server behind this page. Connects at the first call, and once more when its token has expired. */
export class Server {
  readonly #page: string
  #connection: Promise<Connection> | undefined

  /** @param page the address of the page, whose parent is the server's */
  constructor(page: string) {
    this.#page = new URL('.', page).href
  }

  /** @throws CairnError for any answer that is not 2xx, and when none comes */
  async open(request: (config: Config) => ApiRequest): Promise<Response> {
    const { config, transport } = await this.#connected()
    try {
      return await transport.open(request(config))
    } catch (error) {
      if (!(error instanceof CairnError) || error.status !== 401) throw error
      this.#connection = undefined
      const renewed = await this.#connected()
      return renewed.transport.open(request(renewed.config))
    }
  }

  #connected(): Promise<Connection> {
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#connection = undefined
      throw error
    })
    return this.#connection
  }

  async #connect(): Promise<Connection> {
    const settings = { timeoutMs: 10_000, attempts: 2 }
    const page = new HttpTransport({ baseUrl: this.#page, ...settings })
    const config = await page.call<Config>({ method: 'GET', path: '/config.json' })
    const baseUrl = new URL('..', this.#page).href
    const token = config.token ? { token: config.token } : {}
    return { config, transport: new HttpTransport({ baseUrl, ...settings, ...token }) }
  }
}

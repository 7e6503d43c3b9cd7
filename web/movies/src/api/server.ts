import { CairnError } from '@cairn/sdk/cairn-error'
import { HttpTransport } from '@cairn/sdk/http'
import type { ApiRequest } from '@cairn/sdk/transport'

/** The server's `config.json` for this page. */
export interface Config {
  readonly endpoint: string
  readonly table: string
  /** Token of the page's service principal; absent if the server requires none. */
  readonly token?: string
}

interface Connection {
  readonly config: Config
  readonly transport: HttpTransport
}

/** The server of this page. Loads the configuration at the first call, and again when the token has expired. */
export class Server {
  readonly #page: string
  #connection: Promise<Connection> | undefined

  /** @param page URL of the page; its parent is the server's base URL */
  constructor(page: string) {
    this.#page = new URL('.', page).href
  }

  /** @throws CairnError unless the response is 2xx */
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

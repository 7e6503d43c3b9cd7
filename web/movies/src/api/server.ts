import type { Input, Operation, Output, Route } from '@cairn/platform/protocol/operation'
import { HttpTransport } from '@cairn/sdk/http'
import type { ApiRequest } from '@cairn/sdk/transport'
import { bearer } from './session.js'

type CallOptions = Pick<ApiRequest, 'idempotent' | 'signal' | 'timeoutMs'>

/** The server of this page. It calls endpoint and catalog for the page, which holds no credentials of theirs. */
export class Server {
  readonly #transport: HttpTransport

  /** @param page URL of the page; its parent is the server's base URL */
  constructor(page: string) {
    this.#transport = new HttpTransport({
      baseUrl: new URL('..', new URL('.', page)).href,
      timeoutMs: 10_000,
      attempts: 2,
    })
  }

  /**
   * Calls an operation without path parameters: `call<typeof ListMovieTitles>('GET /api/cairn/v1/movies/titles', {})`. The
   * compiler checks route and input against the operation's type. Only the type is imported, so that the bundle contains
   * no schemas.
   *
   * @throws CairnError unless the response is 2xx; the signal's reason if aborted
   */
  call<O extends Operation = never>(
    route: Route<O>,
    input: Input<O>,
    options: CallOptions = {},
  ): Promise<Output<O>> {
    const [method, path] = (route as string).split(' ') as [ApiRequest['method'], string]
    const token = bearer()
    return this.#transport.call({
      ...{ method, path, ...options },
      ...(method !== 'GET' && { json: input }),
      ...(token && { headers: { authorization: `Bearer ${token}` } }),
    })
  }
}

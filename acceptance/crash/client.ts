import { type ApiResponse, type RequestOptions, send } from '../harness/api.js'
import type { CrashingServer } from './crashing-server.js'

/** Sends requests to a server that may be killed at any moment, and never retries. */
export class Client {
  readonly #server: CrashingServer
  /** Rejected requests. None of these requests may be rejected, only interrupted. */
  readonly refusals: string[] = []

  constructor(server: CrashingServer) {
    this.#server = server
  }

  /** The response, if the request was acknowledged. */
  async ask(method: string, path: string, sent: RequestOptions): Promise<ApiResponse | undefined> {
    return this.askAt(await this.#server.url(), method, path, sent)
  }

  /** The same, for an absolute URL. */
  async askAt(
    url: string,
    method: string,
    path: string,
    sent: RequestOptions,
  ): Promise<ApiResponse | undefined> {
    const answer = await send(url, method, path, sent).catch(() => undefined)
    if (answer?.status === 200) return answer
    if (answer) this.refusals.push(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`)
    return undefined
  }
}

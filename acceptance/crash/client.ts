import { type Answer, type Sent, send } from '../harness/api.js'
import type { CrashingServer } from './crashing-server.js'

/** Asks a server that may be killed at any moment, and never asks twice. */
export class Client {
  readonly #server: CrashingServer
  /** What was refused, rather than cut off: nothing that is asked here may be. */
  readonly refusals: string[] = []

  constructor(server: CrashingServer) {
    this.#server = server
  }

  /** The answer of a request that was acknowledged. */
  async ask(method: string, path: string, sent: Sent): Promise<Answer | undefined> {
    return this.askAt(await this.#server.url(), method, path, sent)
  }

  /** The same, of a server's address that the caller was given. */
  async askAt(url: string, method: string, path: string, sent: Sent): Promise<Answer | undefined> {
    const answer = await send(url, method, path, sent).catch(() => undefined)
    if (answer?.status === 200) return answer
    if (answer) this.refusals.push(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`)
    return undefined
  }
}

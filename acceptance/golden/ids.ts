/** What a server makes up: ids of runs and models, and page tokens. */
const MADE_UP = /^(((m|tr|d|dr|a|iss)-)?[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Which of the recorded names stands for which of the server under test. */
export class Names {
  readonly #names = new Map<string, string>()

  /** Learns from two answers to the same request, field by field. */
  learn(recorded: unknown, answered: unknown, field = ''): void {
    if (typeof recorded === 'string' && typeof answered === 'string') {
      if (MADE_UP.test(recorded) || field === 'next_page_token') this.#names.set(recorded, answered)
    } else if (isObject(recorded) && isObject(answered)) {
      for (const key of Object.keys(recorded)) this.learn(recorded[key], answered[key], key)
    }
  }

  /** A recorded request in the names of the server under test. */
  translate<T>(request: T): T {
    let text = JSON.stringify(request)
    for (const [recorded, answered] of this.#names) text = text.replaceAll(recorded, answered)
    return JSON.parse(text) as T
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Generated ids of runs and models. */
const GENERATED = /^(((m|tr|d|dr|a|iss)-)?[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Maps recorded ids and page tokens to those of the server under test. */
export class IdMap {
  readonly #ids = new Map<string, string>()

  /** Adds the ids of two responses to the same request, field by field. */
  learn(recorded: unknown, answered: unknown, field = ''): void {
    if (typeof recorded === 'string' && typeof answered === 'string') {
      if (GENERATED.test(recorded) || field === 'next_page_token') this.#ids.set(recorded, answered)
    } else if (isObject(recorded) && isObject(answered)) {
      for (const key of Object.keys(recorded)) this.learn(recorded[key], answered[key], key)
    }
  }

  /** A recorded request with the ids of the server under test. */
  translate<T>(request: T): T {
    let text = JSON.stringify(request)
    for (const [recorded, answered] of this.#ids) text = text.replaceAll(recorded, answered)
    return JSON.parse(text) as T
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

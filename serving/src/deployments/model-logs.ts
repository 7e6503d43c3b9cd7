const MAX_LINES = 1_000

/** The recent log lines of each served entity in this process: loads, failures and restarts of its model. */
export class ModelLogs {
  readonly #byEndpoint = new Map<string, Map<string, string[]>>()
  readonly #maxLines: number

  constructor(maxLines = MAX_LINES) {
    this.#maxLines = maxLines
  }

  add(endpointId: string, entity: string, line: string): void {
    const entities = this.#byEndpoint.get(endpointId) ?? new Map<string, string[]>()
    const lines = entities.get(entity) ?? []
    lines.push(line)
    if (lines.length > this.#maxLines) lines.shift()
    this.#byEndpoint.set(endpointId, entities.set(entity, lines))
  }

  read(endpointId: string, entity: string): string {
    return (this.#byEndpoint.get(endpointId)?.get(entity) ?? []).map((line) => `${line}\n`).join('')
  }

  /** Removes the lines of all other endpoints. */
  retain(endpointIds: ReadonlySet<string>): void {
    for (const id of this.#byEndpoint.keys()) if (!endpointIds.has(id)) this.#byEndpoint.delete(id)
  }
}

import type { SecurableId } from '@cairn/platform/auth/decide'
import { type RateLimits, rateLimitsOf } from '../admission/rate-limits.js'
import { type CaptureSettings, captureSettingsOf } from '../capture/settings.js'
import { endpointSecurable } from '../endpoint-securable.js'
import type { EndpointRow } from '../schema.js'

/** The parts of an endpoint that queries use. */
export interface RoutedEndpoint {
  readonly row: EndpointRow
  readonly securable: SecurableId
  readonly rateLimits: RateLimits | undefined
  /** Undefined if queries are not recorded. */
  readonly capture: CaptureSettings | undefined
}

/**
 * The endpoints in memory, so that queries need no SQL. The reconciler replaces them every few seconds and after events,
 * and this process updates them at once with its own changes.
 */
export class RoutingTable {
  #byName: ReadonlyMap<string, RoutedEndpoint> = new Map()
  #changes = 0
  /** The number of the last local change of each endpoint, by id. */
  readonly #changed = new Map<string, number>()

  /** Ids take precedence over names, so that an endpoint named like another's id cannot replace it. */
  find(nameOrId: string): RoutedEndpoint | undefined {
    return this.#byName.get(nameOrId)
  }

  list(): readonly RoutedEndpoint[] {
    return [...new Set(this.#byName.values())]
  }

  /** The number of local changes so far. Read it before reading the rows for `replace`. */
  get changes(): number {
    return this.#changes
  }

  /**
   * Takes over rows that were read from the database.
   *
   * @param since `changes` before they were read; endpoints that this process has changed since are kept
   */
  replace(rows: readonly EndpointRow[], since: number): void {
    const isNewer = (id: string) => (this.#changed.get(id) ?? 0) > since
    const read = rows.filter(({ id }) => !isNewer(id)).map((row) => this.#route(row))
    this.#set([...read, ...this.list().filter(({ row }) => isNewer(row.id))])
    for (const id of this.#changed.keys()) if (!isNewer(id)) this.#changed.delete(id)
  }

  /** Adds or replaces one endpoint. */
  put(row: EndpointRow): RoutedEndpoint {
    const routed = this.#route(row)
    this.#changed.set(row.id, ++this.#changes)
    this.#set([...this.list().filter((one) => one.row.id !== row.id), routed])
    return routed
  }

  remove(id: string): void {
    this.#changed.set(id, ++this.#changes)
    this.#set(this.list().filter(({ row }) => row.id !== id))
  }

  #set(routed: readonly RoutedEndpoint[]) {
    this.#byName = new Map([
      ...routed.map((one) => [one.row.name, one] as const),
      ...routed.map((one) => [one.row.id, one] as const),
    ])
  }

  /** Settings are parsed when they change; until then the calls of the current minute stay counted. */
  #route(row: EndpointRow): RoutedEndpoint {
    const previous = this.#byName.get(row.id)
    const { rateLimits, capture } =
      previous && hasSameSettings(previous.row, row)
        ? previous
        : { rateLimits: rateLimitsOf(row, previous?.rateLimits), capture: captureSettingsOf(row) }
    return { row, securable: previous?.securable ?? endpointSecurable(row), rateLimits, capture }
  }
}

const hasSameSettings = (a: EndpointRow, b: EndpointRow) =>
  a.rate_limits === b.rate_limits && a.ai_gateway === b.ai_gateway && a.inference_table === b.inference_table

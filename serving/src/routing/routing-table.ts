import type { SecurableChain } from '@cairn/platform/auth/decide'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointRow } from '../schema.js'

/** An endpoint as queries see it. */
export interface RoutedEndpoint {
  readonly row: EndpointRow
  readonly chain: SecurableChain
}

/**
 * The endpoints in memory, so that queries need no SQL. The reconciler replaces them every second, and this process updates
 * them at once with its own changes.
 */
export class RoutingTable {
  #byName: ReadonlyMap<string, RoutedEndpoint> = new Map()

  /** Ids take precedence over names, so that an endpoint named like another's id cannot replace it. */
  find(nameOrId: string): RoutedEndpoint | undefined {
    return this.#byName.get(nameOrId)
  }

  list(): readonly RoutedEndpoint[] {
    return [...new Set(this.#byName.values())]
  }

  replace(rows: readonly EndpointRow[]): void {
    const routed = rows.map((row) => ({ row, chain: endpointChain(row) }))
    this.#byName = new Map([
      ...routed.map((one) => [one.row.name, one] as const),
      ...routed.map((one) => [one.row.id, one] as const),
    ])
  }

  remove(id: string): void {
    this.#byName = new Map([...this.#byName].filter(([, { row }]) => row.id !== id))
  }
}

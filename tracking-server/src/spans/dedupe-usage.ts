/** The parent of each span. */
export type Parents = ReadonlyMap<string, string | null>

/** Amounts by kind. */
type Amounts = ReadonlyMap<string, number>

/**
 * Sums the usage of a trace by kind. A span's amount includes that of its descendants, because agents report the total
 * of their calls and wrappers repeat the amount of the wrapped call. Only if several descendants sum up to more than the
 * span above them are they added to it.
 *
 * @param reported the usage of each span that reports any; spans in a cycle are ignored
 */
export function dedupeUsage(reported: ReadonlyMap<string, Amounts>, parents: Parents): Amounts {
  const nearest = nearestReportingAncestor(parents, reported)
  const below = new Map<string | undefined, string[]>()
  for (const span of reported.keys()) {
    const above = nearest(span)
    const known = below.get(above)
    if (known) known.push(span)
    else below.set(above, [span])
  }
  const totals = new Map<string, Amounts>()
  const totalsBelow = (span?: string) => (below.get(span) ?? []).map((one) => totals.get(one)!)
  for (const span of topDown(below).reverse()) totals.set(span, total(reported.get(span)!, totalsBelow(span)))
  return sum(totalsBelow())
}

function total(own: Amounts, below: readonly Amounts[]): Amounts {
  const together = sum(below)
  return below.length > 1 && exceeds(together, own) ? sum([own, together]) : own
}

/** Returns whether an amount exceeds another by more than the rounding errors of sums. */
const exceeds = (one: Amounts, other: Amounts) => size(one) > size(other) * (1 + 1e-9)

function size(amounts: Amounts): number {
  let parts = 0
  for (const [kind, amount] of amounts) {
    if (kind.startsWith('total_')) return amount
    if (!kind.startsWith('cache_')) parts += amount
  }
  return parts
}

function sum(all: readonly Amounts[]): Amounts {
  const sums = new Map<string, number>()
  for (const amounts of all) {
    for (const [kind, amount] of amounts) sums.set(kind, (sums.get(kind) ?? 0) + amount)
  }
  return sums
}

/** Lists parents before their children. */
function topDown(below: ReadonlyMap<string | undefined, readonly string[]>): string[] {
  const found = [...(below.get(undefined) ?? [])]
  for (const span of found) {
    for (const one of below.get(span) ?? []) found.push(one)
  }
  return found
}

/** Returns a function that finds the nearest ancestor in `reporting`, and remembers it, so that each span is visited once. */
function nearestReportingAncestor(parents: Parents, reporting: ReadonlyMap<string, unknown>) {
  const known = new Map<string, string | undefined>()
  return (span: string): string | undefined => {
    const path: string[] = []
    let at = parents.get(span)
    while (at && !reporting.has(at) && !known.has(at)) {
      known.set(at, undefined) // ends the loop if spans form a cycle
      path.push(at)
      at = parents.get(at)
    }
    const found = at && reporting.has(at) ? at : known.get(at ?? '')
    for (const one of path) known.set(one, found)
    return found
  }
}

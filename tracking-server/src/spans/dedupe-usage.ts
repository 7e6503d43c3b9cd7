/** Its parent by span. */
export type Parents = ReadonlyMap<string, string | null>

/** By kind. */
type Amounts = ReadonlyMap<string, number>

/**
 * What the spans of a trace used together, by kind. One that tells what it used has counted what is below it: agents
 * tell the total of their calls, and wrappers tell the same call again. Only several that together used more than the
 * span above them are certainly not within it.
 *
 * @param reported what each span that tells it used; spans that go in a circle count nothing
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

/** But for what is lost when parts of a cent are added up. */
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

/** Every span after the one above it. */
function topDown(below: ReadonlyMap<string | undefined, readonly string[]>): string[] {
  const found = [...(below.get(undefined) ?? [])]
  for (const span of found) {
    for (const one of below.get(span) ?? []) found.push(one)
  }
  return found
}

/** Tells the nearest span above that is among those; each is looked at once, however long the way up. */
function nearestReportingAncestor(parents: Parents, those: ReadonlyMap<string, unknown>) {
  const known = new Map<string, string | undefined>()
  return (span: string): string | undefined => {
    const way: string[] = []
    let at = parents.get(span)
    while (at && !those.has(at) && !known.has(at)) {
      known.set(at, undefined) // known already when spans go in a circle
      way.push(at)
      at = parents.get(at)
    }
    const found = at && those.has(at) ? at : known.get(at ?? '')
    for (const one of way) known.set(one, found)
    return found
  }
}

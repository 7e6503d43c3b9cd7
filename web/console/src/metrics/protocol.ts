/** A parsed evaluation protocol id, such as `gts.q90.full.seenfiltered.v1`. */
export interface Protocol {
  readonly split: 'gts' | 'loo' | 'strong' | 'rated' | 'other'
  /** Time quantile at which the temporal split cuts, in percent. */
  readonly quantile?: number
  readonly candidates: 'full' | 'sampled' | 'own' | 'other'
  /** Only the last held-out item of each user counts. */
  readonly lastOnly: boolean
  readonly seenFiltered: boolean
  /** A protocol that demonstrates inflated metrics. */
  readonly inflated: boolean
}

const SAMPLED = /^(sampled|uni\d|pop\d)/

/** Unknown parts of the id become `other`. */
export function parseProtocol(id: string): Protocol {
  const parts = id.split('.')
  const quantile = parts.map((part) => /^q(\d+)$/.exec(part)?.[1]).find((found) => found !== undefined)
  const candidates = candidatesOf(parts)
  return {
    split: splitOf(parts),
    ...(quantile && { quantile: Number(quantile) }),
    candidates,
    lastOnly: parts.includes('last'),
    // These protocols filter seen items although their ids do not say so.
    seenFiltered: parts.includes('seenfiltered') || parts[0] === 'strong' || /sampled|own/.test(candidates),
    inflated: parts[0] === 'inflated',
  }
}

function splitOf([first, second]: readonly string[]): Protocol['split'] {
  if (first === 'gts' || first === 'loo' || first === 'strong') return first
  if (first === 'rated-only' || (first === 'inflated' && second === 'c')) return 'rated'
  return first === 'inflated' && second === 'a' ? 'loo' : 'other'
}

function candidatesOf(parts: readonly string[]): Protocol['candidates'] {
  if (parts.includes('full')) return 'full'
  if (splitOf(parts) === 'rated') return 'own'
  return parts.some((part) => SAMPLED.test(part)) ? 'sampled' : 'other'
}

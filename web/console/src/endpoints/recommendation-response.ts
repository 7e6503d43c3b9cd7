/** Why an item was recommended, in the format of `flavors/src/recommender/recommendation.ts`. */
export interface Reason {
  readonly type: string
  readonly title?: string
  readonly item_id?: string | number
  readonly trait?: string
}

export interface Item {
  readonly id: string
  readonly title: string
  readonly score: number
  /** The strongest first; empty if the request did not ask for reasons. */
  readonly reasons: readonly Reason[]
}

export interface RecommendationList {
  readonly items: readonly Item[]
  /** Parts of the request that the model ignored, and why. */
  readonly notices: readonly string[]
}

/** The first list of recommendations in a response; undefined for responses of other models. */
export function parseRecommendations(body: string): RecommendationList | undefined {
  try {
    const { predictions } = JSON.parse(body) as { predictions?: Record<string, unknown>[] }
    const first = predictions?.[0]
    const items = first?.recommendations ?? first?.items
    if (!Array.isArray(items) || items.length === 0) return undefined
    const notices = Array.isArray(first?.notices) ? first.notices.map(String) : []
    return { items: items.map(readItem), notices }
  } catch {
    return undefined
  }
}

function readItem(value: Record<string, unknown>): Item {
  const id = String(value.item_id ?? '')
  const { title, reasons, score } = value
  return {
    id,
    title: typeof title === 'string' && title ? title : id,
    score: Number(score),
    reasons: Array.isArray(reasons) ? (reasons as Reason[]) : [],
  }
}

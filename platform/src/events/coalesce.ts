import type { Securable } from '../auth/decide.js'
import type { Change } from '../protocol/cairn/events.js'

/** A change with the securable that decides who may see it. */
export interface GuardedChange {
  readonly change: Change
  /** The securable on which a subscriber needs a right. The default is the metastore. */
  readonly guard?: Securable | undefined
}

const MAX_KEYS = 50

/** Returns a key that is equal for changes that may be coalesced. */
export function subjectOf(change: Change): string {
  switch (change.type) {
    case 'experiment':
    case 'traces':
    case 'alert':
      return `${change.type} ${change.experiment_id}`
    case 'logged_model':
      return `logged_model ${change.model_id}`
    case 'evaluation_dataset':
      return `evaluation_dataset ${change.dataset_id}`
    case 'model_version':
      return `model_version ${change.version} ${change.name}`
    case 'model_alias':
      return `model_alias ${change.alias} ${change.name}`
    case 'run':
    case 'metrics':
    case 'job_run':
      return `${change.type} ${change.run_id}`
    default:
      return `${change.type} ${change.name}`
  }
}

/**
 * Keeps the latest change of each subject in the order of time, for at most `limit` subjects. With more subjects it becomes
 * empty and `overflowed`.
 */
export class CoalescedChanges<Item extends GuardedChange> {
  readonly #limit: number
  readonly #items = new Map<string, Item>()
  overflowed = false

  constructor(limit: number) {
    this.#limit = limit
  }

  get isEmpty(): boolean {
    return this.#items.size === 0 && !this.overflowed
  }

  put(subject: string, item: Item): void {
    if (this.overflowed) return
    const known = this.#items.get(subject)
    this.#items.delete(subject) // moves it to the end
    this.#items.set(subject, known ? { ...item, change: merged(known.change, item.change) } : item)
    if (this.#items.size > this.#limit) this.overflow()
  }

  overflow(): void {
    this.overflowed = true
    this.#items.clear()
  }

  entries(): [string, Item][] {
    return [...this.#items]
  }
}

function merged(before: Change, now: Change): Change {
  if (before.type === 'traces' && now.type === 'traces') {
    const { trace_ids: _, ...bare } = now
    const ids = before.trace_ids && now.trace_ids && limitIds([...before.trace_ids, ...now.trace_ids])
    return { ...bare, ...ids }
  }
  if (before.type !== 'metrics' || now.type !== 'metrics') return now
  const { keys: _, first_step: _first, last_step: _last, ...bare } = now
  const keys = before.keys && now.keys && limitKeys([...before.keys, ...now.keys])
  const first_step = Math.min(before.first_step ?? Number.NaN, now.first_step ?? Number.NaN)
  const last_step = Math.max(before.last_step ?? Number.NaN, now.last_step ?? Number.NaN)
  return { ...bare, ...keys, ...(first_step <= last_step && { first_step, last_step }) } // NaN if unknown
}

/** Returns `{ trace_ids }` without duplicates, or `{}` if there are too many. */
export function limitIds(ids: Iterable<string>): { trace_ids?: string[] } {
  const { keys } = limitKeys(ids)
  return keys ? { trace_ids: keys } : {}
}

/** Returns `{ keys }` without duplicates, or `{}` if there are too many. */
export function limitKeys(keys: Iterable<string>): { keys?: string[] } {
  const different = new Set<string>()
  for (const key of keys) if (different.add(key).size > MAX_KEYS) return {}
  return { keys: [...different] }
}

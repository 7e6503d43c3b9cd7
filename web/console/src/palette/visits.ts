import type { SearchedKind } from '../api/search.js'
import { kindOfPath } from './paths.js'

/** An object whose page was open. */
export interface Visit {
  readonly kind: SearchedKind
  readonly path: string
  readonly title: string
}

const KEY = 'cairn.visits'
const MAX_VISITS = 8

/** The recent visits of a user in this tab, newest first. Other users of the tab do not see them. */
export function recentVisits(visitor: string | undefined): readonly Visit[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    if (visitor === undefined || !isStored(stored) || stored.visitor !== visitor) return []
    return stored.visits.filter(isVisit).slice(0, MAX_VISITS)
  } catch {
    return []
  }
}

interface StoredVisits {
  readonly visitor: string
  readonly visits: readonly Visit[]
}

const isStored = (stored: unknown): stored is StoredVisits =>
  typeof stored === 'object' && stored !== null && 'visits' in stored && Array.isArray(stored.visits)

const isVisit = (one: Partial<Visit> | null): one is Visit =>
  typeof one?.path === 'string' && typeof one.title === 'string' && kindOfPath(one.path) === one.kind

/** Remembers the page of an object; other pages are ignored. */
export function recordVisit(visitor: string | undefined, path: string, title: string): void {
  const kind = kindOfPath(path)
  if (visitor === undefined || !kind || !title || title === '…') return
  const others = recentVisits(visitor).filter((visit) => visit.path !== path)
  const kept: StoredVisits = { visitor, visits: [{ kind, path, title }, ...others].slice(0, MAX_VISITS) }
  sessionStorage.setItem(KEY, JSON.stringify(kept))
}

export const forgetVisits = () => sessionStorage.removeItem(KEY)

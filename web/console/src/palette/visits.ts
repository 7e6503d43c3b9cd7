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

/** The last visited objects of this tab's session, newest first. They end with it, so that no other user of the browser sees their names. */
export function recentVisits(): readonly Visit[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isVisit).slice(0, MAX_VISITS) : []
  } catch {
    return []
  }
}

const isVisit = (one: Partial<Visit> | null): one is Visit =>
  typeof one?.path === 'string' && typeof one.title === 'string' && kindOfPath(one.path) === one.kind

/** Remembers the page of an object; other pages are ignored. */
export function noteVisit(path: string, title: string): void {
  const kind = kindOfPath(path)
  if (!kind || !title || title === '…') return
  const others = recentVisits().filter((visit) => visit.path !== path)
  sessionStorage.setItem(KEY, JSON.stringify([{ kind, path, title }, ...others].slice(0, MAX_VISITS)))
}

export const forgetVisits = () => sessionStorage.removeItem(KEY)

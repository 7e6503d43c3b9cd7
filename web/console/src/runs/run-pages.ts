import type { InfiniteData } from '@tanstack/react-query'
import type { Run, RunPage } from '../api/runs.js'
import { type ColumnKeys, union } from './column-keys.js'

export const PAGE_RUNS = 100

/** A page of runs, and the keys that were read of them. */
export interface LoadedPage extends RunPage {
  readonly keys: ColumnKeys
}

/** The start of a page. Earlier pages can be read again, since their tokens are kept. */
export interface PageStart {
  readonly index: number
  readonly token: string
  readonly previous?: PageStart
}

export type Pages = InfiniteData<LoadedPage, PageStart>

export const FIRST_PAGE: PageStart = { index: 0, token: '' }

export const nextStart = (page: RunPage, start: PageStart): PageStart | undefined =>
  page.next_page_token ? { index: start.index + 1, token: page.next_page_token, previous: start } : undefined

/** The start of an earlier page. */
export function startOf(index: number, from: PageStart): PageStart {
  let start = from
  while (start.index > index && start.previous) start = start.previous
  return start
}

/** Runs before the first loaded page. */
export const skippedRuns = (pages: Pages | undefined) => (pages?.pageParams[0]?.index ?? 0) * PAGE_RUNS

/** Adds keys that were read later to the runs of pages. Runs that were deleted meanwhile keep what they have. */
export function withKeys(data: Pages, runs: readonly Run[], keys: ColumnKeys): Pages {
  const read = new Map(runs.map((run) => [run.info.run_id, run]))
  const pages = data.pages.map((page) => {
    if (!page.runs?.some(({ info }) => read.has(info.run_id))) return page
    return {
      ...page,
      keys: union(page.keys, keys),
      runs: page.runs.map((run) => {
        const more = read.get(run.info.run_id)
        return more ? withData(run, more) : run
      }),
    }
  })
  return { ...data, pages }
}

function withData(run: Run, { data: more }: Run): Run {
  const { data } = run
  return {
    ...run,
    data: {
      metrics: replaced(data.metrics, more.metrics),
      params: replaced(data.params, more.params),
      tags: replaced(data.tags, more.tags),
    },
  }
}

function replaced<Item extends { key: string }>(before: Item[] = [], more: Item[] = []): Item[] {
  if (more.length === 0) return before
  const keys = new Set(more.map(({ key }) => key))
  return [...before.filter(({ key }) => !keys.has(key)), ...more]
}

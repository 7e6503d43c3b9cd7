import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { listRunViews, type RunView } from '../api/run-views.js'
import { parseState, stringifyState } from '../app/url-state.js'
import { isColour } from './run-appearance.js'
import { coloursToSave, showColours } from './run-colours.js'
import { RUNS_SEARCH_KEYS, type RunsSearch, viewState } from './runs-search.js'
import type { RunsState } from './use-runs-state.js'

const COLOURS = 'colours'

/** The query string of the table, with the colours that were chosen for runs of the experiment in this browser. */
export function stateToSave({ experimentId, search }: Pick<RunsState, 'experimentId' | 'search'>): string {
  const colours = [...coloursToSave(experimentId)].map(([id, colour]) => `${id}=${colour}`).join(';')
  return stringifyState({ ...viewState(search), [COLOURS]: colours })
}

/** The search parameters of a view. Unknown ones are ignored. */
export function searchOf({ view_id, state }: RunView): RunsSearch {
  const saved = parseState(state)
  const known = RUNS_SEARCH_KEYS.flatMap((key) => (saved[key] ? [[key, saved[key]] as const] : []))
  return { ...viewState(Object.fromEntries(known)), view: view_id }
}

/** The colours of a view by the id of the run. */
export function coloursOf(state: string): ReadonlyMap<string, string> {
  const pairs = (parseState(state)[COLOURS] ?? '')
    .split(';')
    .map((pair) => pair.split('=') as [string, string?])
  return new Map(pairs.flatMap(([id, colour]) => (isColour(colour) ? [[id, colour] as const] : [])))
}

/** Returns whether the table differs from a view. */
export const isChanged = (view: RunView, search: RunsSearch) =>
  stringifyState({ ...viewState(searchOf(view)) }) !== stringifyState({ ...viewState(search) })

/**
 * The saved views of an experiment. An address without state opens the default view, the own before the team's; one with only `view`
 * opens that view.
 */
export function useRunViews({ experimentId, search, show }: RunsState) {
  const { data: views } = useQuery({
    queryKey: queryKeys.runViews(experimentId),
    queryFn: ({ signal }) => listRunViews(experimentId, signal),
    staleTime: 60_000,
  })
  const open = (view: RunView, replace = false) => show(searchOf(view), replace)
  const current = views?.find(({ view_id }) => view_id === search.view)
  const currentState = current?.state ?? ''
  useEffect(() => showColours(coloursOf(currentState)), [currentState])
  const opened = useRef<string>(undefined)
  useEffect(() => {
    if (!views || opened.current === experimentId) return
    opened.current = experimentId
    const { view, ...others } = search
    if (Object.keys(others).length > 0) return
    const wanted = view
      ? current
      : (views.find((one) => one.is_default && !one.team) ?? views.find((one) => one.is_default))
    if (wanted) open(wanted, true)
  })
  return { views: views ?? NONE, current, open }
}

const NONE: readonly RunView[] = []

import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { listToText, textToList } from '../app/url-state.js'
import { type Column, columnFromId } from './columns.js'
import { type ChosenFigures, figuresToItems, parseFigures } from './figures.js'
import { type Grouping, groupingFromId, groupingId } from './grouping.js'
import { isLayout, keepLayout, keptLayout, type Layout } from './layout.js'
import { type Order, orderToText, parseOrder } from './order.js'
import { type Eyes, isEyes } from './run-appearance.js'
import type { RunsSearch } from './runs-search.js'
import { isSpread, type Spread } from './spread.js'

const route = getRouteApi('/experiments/$experimentId')

export type RunsState = ReturnType<typeof useRunsState>

/** Table state in the URL, so that a shared link shows the same view. */
export function useRunsState() {
  const search = route.useSearch()
  const { experimentId } = route.useParams()
  const selected = useList(search.selected)
  const toggled = useList(search.toggled)
  return {
    ...readState(search),
    ...useColumnState(search),
    ...useSetters(experimentId),
    search,
    experimentId,
    selected,
    /** Runs whose eye was toggled. */
    toggled: useMemo(() => new Set(toggled), [toggled]),
    /** Runs above the others. */
    pins: useList(search.pins),
  }
}

/** Setters of the state. They are stable, so that memoized components do not render. */
function useSetters(experimentId: string) {
  const navigate = useNavigate()
  return useMemo(() => {
    const go = (next: (now: RunsSearch) => RunsSearch, replace = true) =>
      void navigate({
        to: '/experiments/$experimentId',
        params: { experimentId },
        search: next,
        replace,
        resetScroll: false,
      })
    const set = (change: RunsSearch) => go((now) => ({ ...now, ...change }))
    const toggle = (key: 'toggled' | 'pins' | 'fixed', item: string) =>
      go((now) => ({ ...now, [key]: listToText(without(textToList(now[key]), item)) ?? '' }))
    return {
      /** Back undoes a filter. Pinned runs stay in view, and so stay selected. */
      setFilter: (filter: string) => go((now) => ({ ...now, filter, selected: selectedPins(now) }), false),
      setOrder: (order: Order | undefined) => set({ order: order ? orderToText(order) : '' }),
      setDeleted: (deleted: boolean) => set({ deleted: deleted ? 'true' : '', selected: '' }),
      setSelected: (ids: readonly string[]) => set({ selected: listToText(ids) ?? '' }),
      setLayout: (layout: Layout) => {
        keepLayout(layout)
        set({ layout })
      },
      setCards: (cards: string) => set({ cards }),
      setSpread: (spread: Spread) => set({ spread }),
      setEyes: (eyes: Eyes) => set({ eyes, toggled: '' }),
      toggleEye: (id: string) => toggle('toggled', id),
      togglePin: (id: string) => toggle('pins', id),
      toggleFixed: (id: string) => toggle('fixed', id),
      setColumns: (columns: readonly Column[] | undefined) =>
        set({ columns: columns ? listToText(columns.map(({ id }) => id)) || '-' : '' }),
      setGroupBy: (keys: readonly Grouping[]) => set({ group: listToText(keys.map(groupingId)) ?? '' }),
      setFigures: (figures: ChosenFigures) => set({ figures: listToText(figuresToItems(figures)) ?? '' }),
      setDiffering: (differing: boolean) => set({ differing: differing ? 'true' : '' }),
      /** Opens a view in place of the current state; Back returns to it. */
      show: (next: RunsSearch, replace = false) => go(() => next, replace),
      setView: (view: string) => set({ view }),
    }
  }, [navigate, experimentId])
}

function readState(search: RunsSearch) {
  return {
    filter: search.filter ?? '',
    order: parseOrder(search.order),
    deleted: search.deleted === 'true',
    layout: isLayout(search.layout) ? search.layout : keptLayout(),
    /** State of the charts, which they write themselves. */
    cards: search.cards,
    eyes: isEyes(search.eyes) ? search.eyes : ('first10' as const),
    spread: isSpread(search.spread) ? search.spread : ('std' as const),
    /** Id of the saved view. */
    view: search.view,
  }
}

function useColumnState(search: RunsSearch) {
  return {
    /** Undefined for the default columns. */
    columns: useMemo(() => readColumns(search.columns), [search.columns]),
    /** Keys that group the rows, outermost first. */
    groupBy: useMemo(
      () => textToList(search.group).flatMap((id) => groupingFromId(id) ?? []),
      [search.group],
    ),
    /** Ids of columns that stay beside the name. */
    fixed: useList(search.fixed),
    figures: useMemo(() => parseFigures(textToList(search.figures)), [search.figures]),
    /** True if columns with the same value in all loaded runs are hidden. */
    differing: search.differing === 'true',
  }
}

const useList = (text: string | undefined) => useMemo(() => textToList(text), [text])

function selectedPins({ selected, pins }: RunsSearch): string {
  const pinned = new Set(textToList(pins))
  return listToText(textToList(selected).filter((id) => pinned.has(id))) ?? ''
}

/** Removes an item, or adds it if it is absent. */
const without = (items: readonly string[], item: string) =>
  items.includes(item) ? items.filter((one) => one !== item) : [...items, item]

/** `-` means no columns. */
function readColumns(text: string | undefined): Column[] | undefined {
  return text ? textToList(text).flatMap((id) => columnFromId(id) ?? []) : undefined
}

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
  const navigate = useNavigate()
  const go = (next: (now: RunsSearch) => RunsSearch, replace: boolean) =>
    void navigate({
      to: '/experiments/$experimentId',
      params: { experimentId },
      search: next,
      replace,
      resetScroll: false,
    })
  const set = (change: RunsSearch, replace = true) => go((now) => ({ ...now, ...change }), replace)
  const selected = useList(search.selected)
  const toggled = useList(search.toggled)
  const pins = useList(search.pins)
  return {
    ...readState(search),
    ...useColumnState(search, set),
    search,
    experimentId,
    selected,
    /** Runs whose eye was toggled. */
    toggled: useMemo(() => new Set(toggled), [toggled]),
    /** Runs above the others. */
    pins,
    /** Back undoes a filter. */
    setFilter: (filter: string) => set({ filter, selected: '' }, false),
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
    toggleEye: (id: string) => set({ toggled: listToText(without(toggled, id)) ?? '' }),
    togglePin: (id: string) => set({ pins: listToText(without(pins, id)) ?? '' }),
    /** Opens a view in place of the current state; Back returns to it. */
    show: (next: RunsSearch, replace = false) => go(() => next, replace),
    setView: (view: string) => set({ view }),
  }
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

function useColumnState(search: RunsSearch, set: (change: RunsSearch) => void) {
  const columns = useMemo(() => readColumns(search.columns), [search.columns])
  const groupBy = useMemo(
    () => textToList(search.group).flatMap((id) => groupingFromId(id) ?? []),
    [search.group],
  )
  const fixed = useList(search.fixed)
  const figures = useMemo(() => parseFigures(textToList(search.figures)), [search.figures])
  return {
    /** Undefined for the default columns. */
    columns,
    /** Keys that group the rows, outermost first. */
    groupBy,
    /** Ids of columns that stay beside the name. */
    fixed,
    figures,
    /** Whether columns with the same value in all loaded runs are hidden. */
    differing: search.differing === 'true',
    setColumns: (columns: readonly Column[] | undefined) =>
      set({ columns: columns ? listToText(columns.map(({ id }) => id)) || '-' : '' }),
    setGroupBy: (keys: readonly Grouping[]) => set({ group: listToText(keys.map(groupingId)) ?? '' }),
    toggleFixed: (id: string) => set({ fixed: listToText(without(fixed, id)) ?? '' }),
    setFigures: (figures: ChosenFigures) => set({ figures: listToText(figuresToItems(figures)) ?? '' }),
    setDiffering: (differing: boolean) => set({ differing: differing ? 'true' : '' }),
  }
}

const useList = (text: string | undefined) => useMemo(() => textToList(text), [text])

/** Removes an item, or adds it if it is absent. */
const without = (items: readonly string[], item: string) =>
  items.includes(item) ? items.filter((one) => one !== item) : [...items, item]

/** `-` means no columns. */
function readColumns(text: string | undefined): Column[] | undefined {
  return text ? textToList(text).flatMap((id) => columnFromId(id) ?? []) : undefined
}

import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { listToText, textToList } from '../app/url-state.js'
import { type Column, columnFromId } from './columns.js'
import { isLayout, keepLayout, keptLayout, type Layout } from './layout.js'
import { type Order, orderToText, parseOrder } from './order.js'

const route = getRouteApi('/experiments/$experimentId')

export type RunsState = ReturnType<typeof useRunsState>

/** Table state in the URL, so that a shared link shows the same view. */
export function useRunsState() {
  const search = route.useSearch()
  const { experimentId } = route.useParams()
  const navigate = useNavigate()
  const set = (change: Partial<typeof search>, replace = true) =>
    void navigate({
      to: '/experiments/$experimentId',
      params: { experimentId },
      search: (now: typeof search) => ({ ...now, ...change }),
      replace,
      resetScroll: false,
    })
  const selected = useMemo(() => textToList(search.selected), [search.selected])
  const columns = useMemo(() => readColumns(search.columns), [search.columns])
  const groupBy = useMemo(() => readColumns(search.group) ?? [], [search.group])
  return {
    experimentId,
    filter: search.filter ?? '',
    order: parseOrder(search.order),
    deleted: search.deleted === 'true',
    /** Undefined for the default columns. */
    columns,
    selected,
    layout: isLayout(search.layout) ? search.layout : keptLayout(),
    /** State of the charts, which they write themselves. */
    cards: search.cards,
    /** Columns that group the rows, outermost first. */
    groupBy,
    /** Back undoes a filter. */
    setFilter: (filter: string) => set({ filter, selected: '' }, false),
    setOrder: (order: Order | undefined) => set({ order: order ? orderToText(order) : '' }),
    setDeleted: (deleted: boolean) => set({ deleted: deleted ? 'true' : '', selected: '' }),
    setColumns: (columns: readonly Column[] | undefined) =>
      set({ columns: columns ? listToText(columns.map(({ id }) => id)) || '-' : '' }),
    setSelected: (ids: readonly string[]) => set({ selected: listToText(ids) ?? '' }),
    setLayout: (layout: Layout) => {
      keepLayout(layout)
      set({ layout })
    },
    setCards: (cards: string) => set({ cards }),
    setGroupBy: (columns: readonly Column[]) => set({ group: listToText(columns.map(({ id }) => id)) ?? '' }),
  }
}

/** `-` means no columns. */
function readColumns(text: string | undefined): Column[] | undefined {
  return text ? textToList(text).flatMap((id) => columnFromId(id) ?? []) : undefined
}

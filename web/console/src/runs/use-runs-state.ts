import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { listToText, textToList } from '../app/url-state.js'
import { type Column, columnFromId } from './columns.js'
import { type Order, orderToText, parseOrder } from './order.js'

const route = getRouteApi('/experiments/$experimentId')

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
  return {
    experimentId,
    filter: search.filter ?? '',
    order: parseOrder(search.order),
    deleted: search.deleted === 'true',
    /** Undefined for the default columns. */
    columns,
    selected,
    /** Back undoes a filter. */
    setFilter: (filter: string) => set({ filter, selected: '' }, false),
    setOrder: (order: Order | undefined) => set({ order: order ? orderToText(order) : '' }),
    setDeleted: (deleted: boolean) => set({ deleted: deleted ? 'true' : '', selected: '' }),
    setColumns: (columns: readonly Column[] | undefined) =>
      set({ columns: columns ? listToText(columns.map(({ id }) => id)) || '-' : '' }),
    setSelected: (ids: readonly string[]) => set({ selected: listToText(ids) ?? '' }),
  }
}

/** `-` means no columns. */
function readColumns(text: string | undefined): Column[] | undefined {
  return text ? textToList(text).flatMap((id) => columnFromId(id) ?? []) : undefined
}

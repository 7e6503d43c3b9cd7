/** The search parameters in the URL of the runs table. */
export const RUNS_SEARCH_KEYS = [
  'filter',
  'order',
  'columns',
  'selected',
  'deleted',
  'layout',
  'cards',
  'group',
  'spread',
  'eyes',
  'toggled',
  'pins',
  'fixed',
  'figures',
  'differing',
  'view',
] as const

export type RunsSearch = { [key in (typeof RUNS_SEARCH_KEYS)[number]]?: string }

const VIEW_KEYS = RUNS_SEARCH_KEYS.filter((key) => key !== 'view' && key !== 'selected')

/** The parameters of a table that a saved view keeps. */
export const viewState = (search: RunsSearch): RunsSearch =>
  Object.fromEntries(VIEW_KEYS.flatMap((key) => (search[key] ? [[key, search[key]]] : [])))

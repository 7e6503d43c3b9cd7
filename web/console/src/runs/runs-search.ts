/** The search parameters of the runs table. */
export const RUNS_STATE = [
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

export type RunsSearch = { [key in (typeof RUNS_STATE)[number]]?: string }

/** The parameters that a saved view keeps. */
const VIEW_STATE = RUNS_STATE.filter((key) => key !== 'view' && key !== 'selected')

/** The state of a view: what a saved view has in common with an open table. */
export const viewState = (search: RunsSearch): RunsSearch =>
  Object.fromEntries(VIEW_STATE.flatMap((key) => (search[key] ? [[key, search[key]]] : [])))

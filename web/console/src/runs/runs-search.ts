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
] as const

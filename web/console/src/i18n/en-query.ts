/** The page that runs SQL. */
export const enQuery = {
  query: {
    title: 'Query',
    open: 'Query',
    text: 'SQL',
    help: 'SELECT statements over the tables that you may read, named catalog.schema.table. {{keys}} runs them.',
    run: 'Run',
    cancel: 'Cancel',
    running: 'Running…',
    took: 'in {{time}}',
    truncated: 'The query has more rows; the first {{rows}} are shown.',
    noRows: 'The query has no rows',
    failed: 'The query failed',
    ended_one: 'The query has ended with {{count}} row.',
    ended_other: 'The query has ended with {{count}} rows.',
    canceled: 'The query was canceled.',
  },
}

import { freshPostgres, postgres } from './postgres.js'

/** What a server keeps its records in, as options of `cairn up`; a fresh one for each test. */
export const databases = [
  { name: 'SQLite', absent: false, args: async (): Promise<string[]> => [] },
  { name: 'PostgreSQL', absent: !postgres, args: async () => ['--database-url', await freshPostgres()] },
]

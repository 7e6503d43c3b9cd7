import { freshPostgres, postgres } from './postgres.js'

/** The options of `cairn up` for each kind of database. Each test gets a new database. */
export const databases = [
  { name: 'SQLite', absent: false, args: async (): Promise<string[]> => [] },
  { name: 'PostgreSQL', absent: !postgres, args: async () => ['--database-url', await freshPostgres()] },
]

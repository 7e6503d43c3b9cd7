import { hasCode } from './dialect.js'

const SQLITE =
  /^(too many (SQL variables|FROM clause terms|terms|columns)|at most \d+ tables|Expression tree is too large|LIKE or GLOB pattern too complex|string or blob too big|parser stack overflow)/

/** Returns whether a statement exceeds a limit of the engine. Only unusual requests have so many conditions, names or values. */
export const exceedsEngineLimits = (error: unknown) =>
  hasCode(error, '54001', '54011', '54023', '08P01', 'SQLITE_TOOBIG') ||
  (hasCode(error, 'SQLITE_ERROR') && SQLITE.test((error as Error).message)) ||
  (error instanceof Error && /^target lists can have at most/.test(error.message))

import type { QueryClient } from '@tanstack/react-query'
import { type Account, getAccountOnce } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { noteUser } from './other-tabs.js'
import { dropRequests, noteSignedInAgain } from './session-end.js'

export const accountIn = (queries: QueryClient) => queries.getQueryData<Account>(queryKeys.me())

/**
 * Checks the account that the server answered. Another user gets a new page, so that no form of the first is sent by the second, and
 * nothing of the first stays in memory.
 *
 * @returns the account; never settles while the page loads again
 */
export async function keepUser(queries: QueryClient, account: Account): Promise<Account> {
  const before = accountIn(queries)
  if (before === undefined) {
    dropRequests() // of a user who has left this page
    noteUser(account.name)
  } else if (before.name !== account.name) {
    location.reload()
    return new Promise(() => {})
  }
  return account
}

/** Continues the open page if its user is signed in again. @throws RequestError 401 if nobody is */
export async function resume(queries: QueryClient): Promise<void> {
  queries.setQueryData(queryKeys.me(), await keepUser(queries, await getAccountOnce()))
  noteSignedInAgain()
  await queries.invalidateQueries()
}

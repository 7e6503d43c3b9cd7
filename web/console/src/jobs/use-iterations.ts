import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { getJobRun, type RunTask } from '../api/jobs.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 2_000

interface IterationsOptions {
  readonly isEnded: boolean
  /** Loads pages until so many iterations are there. */
  readonly atLeast: number
}

/** The iterations of a loop, 100 a page: those of another run if the loop took over its result. */
export function useIterations(loop: RunTask, { isEnded, atLeast }: IterationsOptions) {
  const loopRunId = loop.origin?.task_run_id ?? loop.run_id
  const pages = useInfiniteQuery({
    queryKey: queryKeys.iterations(loopRunId),
    queryFn: ({ pageParam, signal }) => getJobRun(loopRunId, pageParam || undefined, signal),
    ...PAGE_TOKENS,
    refetchInterval: (query) => pollWhileOffline(query, () => (isEnded ? false : POLL_MS)),
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const all = (pages.data?.pages ?? []).flatMap((page) => page.iterations ?? [])
  const wantsMore = hasNextPage && !isFetchingNextPage && all.length < atLeast
  useEffect(() => {
    if (wantsMore) void fetchNextPage()
  }, [wantsMore, fetchNextPage])
  return { ...pages, all, loop: pages.data?.pages[0]?.tasks?.[0] ?? loop }
}

import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccessBox, listAccessRequests } from '../api/access.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { MoreButton } from '../ui/more-button.js'
import { Segments } from '../ui/segments.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { RequestRows } from './request-rows.js'

type Which = 'open' | 'all'

/** A list of the open requests of a box, or of all with their history. */
export function Requests({ box }: { box: AccessBox }) {
  const { t } = useTranslation()
  const [which, setWhich] = useState<Which>(box === 'mine' ? 'all' : 'open')
  const requests = useInfiniteQuery({
    queryKey: queryKeys.accessRequests(box, which),
    queryFn: ({ pageParam, signal }) =>
      listAccessRequests(
        {
          ...{ box, max_results: 50 },
          ...(which === 'open' && { state: 'open' }),
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    ...PAGE_TOKENS,
    retry: false,
  })
  const all = requests.data?.pages.flatMap((page) => page.requests) ?? []
  return (
    <>
      <div>
        <Segments<Which>
          label={t('accessRequest.which')}
          value={which}
          options={(['open', 'all'] as const).map((value) => ({ value, label: t(`accessRequest.${value}`) }))}
          onChange={setWhich}
        />
      </div>
      {requests.isPending && <Skeleton />}
      {requests.isError && <Failure error={requests.error} retry={() => void requests.refetch()} />}
      {requests.data && all.length === 0 && <Empty title={t('accessRequest.none')} />}
      {all.length > 0 && <RequestRows requests={all} decides={box === 'to_decide'} />}
      <MoreButton pages={requests} />
    </>
  )
}

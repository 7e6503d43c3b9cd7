import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { getMetrics, type ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { Failure, Skeleton } from '../ui/states.js'
import { LiveChart } from './live-chart.js'
import { linesOf } from './live-lines.js'
import { appendSample, type Sample } from './live-samples.js'
import { parseMetrics } from './metrics-text.js'

const POLL_MS = 3_000

/** Rate, errors and latency of each served entity, measured while the page is open. */
export function LiveTraffic({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const heading = useId()
  const samples = useSamples(endpoint.name)
  const measured = samples.data ?? []
  const lines = linesOf(endpoint.config, measured, { p50: t('traffic.p50'), p95: t('traffic.p95') })
  /** Rates compare a sample with the one before, and a line has two points: an axis of fewer shows times of 1970. */
  const hasPoints = measured.length > 2
  const isIdle = measured.length > 0 && measured.at(-1)!.entities.size === 0
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('traffic.title')}</h2>
      </header>
      {samples.isPending && <Skeleton lines={3} />}
      {samples.isError && <Failure error={samples.error} retry={() => void samples.refetch()} />}
      {isIdle && <p className="body muted">{t('traffic.none')}</p>}
      {samples.data && !isIdle && !hasPoints && <Skeleton lines={3} />}
      {!isIdle && hasPoints && (
        <>
          <div className="live-charts">
            <LiveChart title={t('traffic.rate')} lines={lines.rate} />
            <LiveChart title={t('traffic.errors')} lines={lines.errors} />
            <LiveChart title={t('traffic.latency')} lines={lines.latency} />
          </div>
          <p className="live-note muted">{t('traffic.window')}</p>
        </>
      )}
    </section>
  )
}

/** React Query does not poll in hidden tabs. */
function useSamples(name: string) {
  const queries = useQueryClient()
  const queryKey = queryKeys.endpointMetrics(name)
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<readonly Sample[]> => {
      const entities = parseMetrics(await getMetrics(name, signal))
      return appendSample(queries.getQueryData<readonly Sample[]>(queryKey) ?? [], {
        time: Date.now(),
        entities,
      })
    },
    refetchInterval: (query) => pollInterval(query, () => POLL_MS),
    structuralSharing: false,
  })
}

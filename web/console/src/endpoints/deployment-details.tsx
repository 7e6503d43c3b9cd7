import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { EndpointDeployment } from '../api/deployments.js'
import { useFormat } from '../i18n/format.js'
import { Checks } from '../models/checks.js'
import { Verdict } from '../models/verdict.js'
import { Failure, Skeleton } from '../ui/states.js'
import { ChangesTable } from './changes-table.js'
import { changesQuery } from './deployments-query.js'

/** Shows the changes of a deployment against the one before it, and the decisions of the gate behind it. */
export function DeploymentDetails({
  endpoint,
  deployment: { number, promotions },
}: {
  endpoint: string
  deployment: EndpointDeployment
}) {
  const { t } = useTranslation()
  return (
    <>
      <h3>{t('history.changes')}</h3>
      {number > 1 ? (
        <Changes endpoint={endpoint} number={number} against={number - 1} />
      ) : (
        <p className="muted">{t('history.first')}</p>
      )}
      {promotions.length > 0 && <h3>{t('history.gate')}</h3>}
      {promotions.map((promotion) => (
        <Decision key={promotion.id} promotion={promotion} />
      ))}
    </>
  )
}

export function Changes({
  endpoint,
  number,
  against,
}: {
  endpoint: string
  number: number
  against: number
}) {
  const { t } = useTranslation()
  const changes = useQuery(changesQuery(endpoint, number, against))
  if (changes.isError) return <Failure error={changes.error} retry={() => void changes.refetch()} />
  if (!changes.data) return <Skeleton lines={2} />
  return <ChangesTable changes={changes.data} none={t('history.noChanges')} />
}

function Decision({ promotion }: { promotion: EndpointDeployment['promotions'][number] }) {
  const format = useFormat()
  const { name, version, alias, verdict, checks, reason, decided_by, decided_at } = promotion
  return (
    <>
      <p className="deployment-facts">
        <Verdict verdict={verdict} />
        <strong>
          {name} v{version} → @{alias}
        </strong>
        <span className="muted">
          {decided_by} · <time title={format.time(decided_at)}>{format.ago(decided_at)}</time>
        </span>
      </p>
      {reason && <p>“{reason}”</p>}
      <Checks checks={checks} />
    </>
  )
}

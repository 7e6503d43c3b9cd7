import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EndpointDeployment } from '../api/deployments.js'
import { RequestError } from '../api/http.js'
import { MoreButton } from '../ui/more-button.js'
import { Failure, Skeleton } from '../ui/states.js'
import { DeploymentEntry } from './deployment-entry.js'
import { isRollBackTarget } from './deployments-query.js'
import { RollBack } from './roll-back.js'

interface HistoryProps {
  readonly name: string
  readonly canManage: boolean
  readonly deployments: UseInfiniteQueryResult<EndpointDeployment[]>
}

/** The deployments of an endpoint, newest first, and rolling back to one of them. */
export function DeploymentHistory({ name, canManage, deployments }: HistoryProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [target, setTarget] = useState<EndpointDeployment>()
  const { data = [], error } = deployments
  const active = data.find((deployment) => deployment.active)
  const mayNotView = error instanceof RequestError && error.status === 403
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('history.title')}</h2>
      </header>
      {deployments.isPending && <Skeleton lines={3} />}
      {mayNotView && <p className="body muted">{t('history.mayNotView')}</p>}
      {error && !mayNotView && <Failure error={error} retry={() => void deployments.refetch()} />}
      {deployments.isSuccess && data.length === 0 && <p className="body muted">{t('history.none')}</p>}
      <ol className="deployments">
        {data.map((deployment) => (
          <DeploymentEntry
            key={deployment.number}
            endpoint={name}
            deployment={deployment}
            {...(canManage && isRollBackTarget(deployment) && { onRollBack: () => setTarget(deployment) })}
          />
        ))}
      </ol>
      {deployments.hasNextPage && (
        <p className="body">
          <MoreButton pages={deployments} />
        </p>
      )}
      {deployments.isSuccess && !canManage && <p className="body muted">{t('endpoint.mayNotManage')}</p>}
      {target && (
        <RollBack name={name} target={target} active={active?.number} onClose={() => setTarget(undefined)} />
      )}
    </section>
  )
}

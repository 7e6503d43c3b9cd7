import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EndpointDeployment } from '../api/deployments.js'
import { useFormat } from '../i18n/format.js'
import { Verdict } from '../models/verdict.js'
import { StateMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { Status, type Tone } from '../ui/status.js'
import { DeploymentDetails } from './deployment-details.js'
import { useReasonText } from './use-reason-text.js'

const TONE: Record<EndpointDeployment['outcome'], Tone> = {
  IN_PROGRESS: 'running',
  SUCCEEDED: 'ok',
  FAILED: 'bad',
  CANCELED: 'stopped',
}

interface EntryProps {
  readonly endpoint: string
  readonly deployment: EndpointDeployment
  /** Absent if the endpoint cannot be rolled back to this deployment. */
  readonly onRollBack?: () => void
}

export function DeploymentEntry({ endpoint, deployment, onRollBack }: EntryProps) {
  const { t } = useTranslation()
  const reasonText = useReasonText()
  const details = useId()
  const [open, setOpen] = useState(false)
  const { number, outcome, active, reason, message, promotions } = deployment
  return (
    <li>
      <div className="deployment">
        <button
          type="button"
          className="fold"
          aria-expanded={open}
          aria-controls={open ? details : undefined}
          aria-label={t('history.expand', { number })}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" size={12} />
        </button>
        <span className="muted number">#{number}</span>
        <div className="deployment-text">
          <p>
            <strong>{reasonText(reason)}</strong> <span className="muted">{versionsOf(deployment)}</span>
          </p>
          <p className="deployment-facts">
            <Status tone={TONE[outcome]}>{t(`history.${outcome}`)}</Status>
            {active && <span className="chip accent">{t('history.active')}</span>}
            {promotions.map(({ id, verdict }) => (
              <Verdict key={id} verdict={verdict} />
            ))}
            <By deployment={deployment} />
          </p>
          {message && (
            <p className={outcome === 'FAILED' ? 'problem' : 'muted'}>
              <StateMessage message={message} />
            </p>
          )}
        </div>
        {onRollBack && (
          <button
            type="button"
            className="button small"
            aria-label={t('history.rollBackTo', { number })}
            onClick={onRollBack}
          >
            <Icon name="restore" size={13} />
            {t('history.rollBack')}
          </button>
        )}
      </div>
      {open && (
        <div id={details} className="deployment-details">
          <DeploymentDetails endpoint={endpoint} deployment={deployment} />
        </div>
      )}
    </li>
  )
}

/** An alias that was moved without the gate has no known mover. */
function By({ deployment: { creator, creation_timestamp } }: Pick<EntryProps, 'deployment'>) {
  const format = useFormat()
  return (
    <span className="muted">
      {creator && `${creator} · `}
      <time title={format.time(creation_timestamp)}>{format.ago(creation_timestamp)}</time>
    </span>
  )
}

const versionsOf = ({ served_entities }: EndpointDeployment) =>
  served_entities
    .map(({ entity_name, entity_version, version, traffic_percentage }) => {
      const served = version ? `v${version}` : entity_version
      return `${entity_name} ${served}${served_entities.length > 1 ? ` ${traffic_percentage}%` : ''}`
    })
    .join(', ')

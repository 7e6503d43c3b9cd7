import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { metricLabel, rankingMetric } from './metric-name.js'
import { ProtocolText } from './protocol-text.js'
import './metrics.css'

const EXPLAINED = [
  'precision',
  'recall',
  'recall_capped',
  'ndcg',
  'hr',
  'mrr',
  'map',
  'coverage',
  'novelty',
] as const

interface MetricDefinitionProps {
  readonly metric: string
  readonly protocol?: string | undefined
  /** Metrics of the run; they contain the number of users and items that the metric was measured on. */
  readonly metrics?: ReadonlyMap<string, number>
}

/** A help popover with the definition of a metric and its evaluation protocol. */
export function MetricDefinition({ metric, protocol, metrics }: MetricDefinitionProps) {
  const { t } = useTranslation()
  const ranking = rankingMetric(metric)
  const explained = EXPLAINED.find((name) => name === ranking?.name)
  if (!explained || !ranking) return null
  const label = metricLabel(metric)
  const id = ranking.protocol ?? protocol
  const users = metrics?.get(`${ranking.prefix}n_users`)
  const targets = metrics?.get(`${ranking.prefix}n_targets`)
  return (
    <Popover
      className="definition-button"
      name={t('metric.definition', { metric: label })}
      label={<Icon name="help" size={13} />}
    >
      {() => (
        <div className="definition">
          <strong>{label}</strong>
          <p>{t(`metric.${explained}`, { k: ranking.k })}</p>
          {id && <ProtocolText id={id} />}
          {users !== undefined && targets !== undefined && (
            <p className="muted">{t('metric.sample', { users, targets })}</p>
          )}
          <p className="muted">{t('metric.interval')}</p>
        </div>
      )}
    </Popover>
  )
}

import { useTranslation } from 'react-i18next'
import type { ServingEndpoint } from '../api/endpoints.js'
import { Status, type Tone } from '../ui/status.js'
import { conditionOf, type EndpointCondition } from './traffic.js'

const TONE: Record<EndpointCondition, Tone> = {
  ready: 'ok',
  updating: 'running',
  updateFailed: 'warn',
  notReady: 'bad',
}

export function EndpointState({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const condition = conditionOf(endpoint)
  return <Status tone={TONE[condition]}>{t(`endpoint.${condition}`)}</Status>
}

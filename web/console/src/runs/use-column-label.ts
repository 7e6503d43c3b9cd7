import { useTranslation } from 'react-i18next'
import { metricLabel } from '../metrics/metric-name.js'
import type { Column } from './columns.js'

const ATTRIBUTES = ['run_name', 'start_time', 'end_time', 'duration', 'status', 'user_id', 'run_id'] as const
const TAGS = { 'cairn.model_kind': 'modelKind', 'cairn.protocol': 'protocol' } as const

export function useColumnLabel() {
  const { t } = useTranslation()
  return ({ kind, key }: Column): string => {
    if (kind === 'metrics') return metricLabel(key)
    if (kind === 'attributes') {
      const known = ATTRIBUTES.find((name) => name === key)
      return known ? t(`column.${known}`) : key
    }
    if (kind === 'tags' && Object.hasOwn(TAGS, key)) return t(`column.${TAGS[key as keyof typeof TAGS]}`)
    return key
  }
}

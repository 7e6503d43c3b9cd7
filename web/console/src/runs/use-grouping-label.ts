import { useTranslation } from 'react-i18next'
import { column } from './columns.js'
import type { Grouping } from './grouping.js'
import { useColumnLabel } from './use-column-label.js'

export function useGroupingLabel() {
  const { t } = useTranslation()
  const label = useColumnLabel()
  return ({ kind, key }: Grouping): string =>
    kind === 'datasets'
      ? t(key === 'name' ? 'runsTable.dataset' : 'runsTable.datasetDigest')
      : label(column(kind, key))
}

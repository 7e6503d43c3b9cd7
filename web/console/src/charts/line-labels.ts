import type { TFunction } from 'i18next'

/** The columns of the table of a chart of lines. */
export const lineLabels = (t: TFunction, line: string = t('column.run_name')) => ({
  line,
  value: t('cards.value'),
  low: t('cards.low'),
  high: t('cards.high'),
})

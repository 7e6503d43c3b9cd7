import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskProgress } from '../api/jobs.js'
import { useFormat } from '../i18n/format.js'
import { progressText } from './timeline.js'

const UNITS = [
  'blocks',
  'bytes',
  'epochs',
  'items',
  'iterations',
  'rows',
  'steps',
  'tables',
  'users',
] as const
const isKnownUnit = (unit: string): unit is (typeof UNITS)[number] =>
  (UNITS as readonly string[]).includes(unit)

/** Returns a function that tells the progress of a task in the language of the page. */
export function useProgressText(): (task: TaskProgress) => string {
  const { t } = useTranslation()
  const { language } = useFormat()
  return useCallback(
    (task) => {
      const compact = new Intl.NumberFormat(language, { notation: 'compact' })
      const unitName = (unit: string) => (isKnownUnit(unit) ? t(`progressUnit.${unit}`) : unit)
      return progressText(task, (value) => compact.format(value), unitName)
    },
    [t, language],
  )
}

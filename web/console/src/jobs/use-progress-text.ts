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
/** How the server tells the ends of iterations. */
const LOOP_COUNT = /(\d+) (failed|pruned)/g
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
      const loopCounts = (message: string) =>
        message.replace(LOOP_COUNT, (_, number: string, end: 'failed' | 'pruned') =>
          t(`jobs.loopCounts.${end}`, { number }),
        )
      const { progress } = task
      const isLoop = progress?.unit === 'iterations' && progress.message !== undefined
      const shown = isLoop
        ? { ...task, progress: { ...progress, message: loopCounts(progress.message!) } }
        : task
      return progressText(shown, (value) => compact.format(value), unitName)
    },
    [t, language],
  )
}

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
/** Ended iterations in the server's messages of loops. */
const LOOP_COUNT = /(\d+) (failed|pruned)/g
const isKnownUnit = (unit: string): unit is (typeof UNITS)[number] =>
  (UNITS as readonly string[]).includes(unit)

/** Returns a function that formats the progress of a task in the language of the page. */
export function useProgressText(): (task: TaskProgress) => string {
  const { t } = useTranslation()
  const { language } = useFormat()
  return useCallback(
    ({ progress }) => {
      if (!progress) return ''
      const { unit = '', message = '' } = progress
      const translated = {
        ...progress,
        unit: isKnownUnit(unit) ? t(`progressUnit.${unit}`) : unit,
        message:
          unit === 'iterations'
            ? message.replace(LOOP_COUNT, (_, number: string, end: 'failed' | 'pruned') =>
                t(`jobs.loopCounts.${end}`, { number }),
              )
            : message,
      }
      const compact = new Intl.NumberFormat(language, { notation: 'compact' })
      return progressText(translated, (value) => compact.format(value))
    },
    [t, language],
  )
}

import { useTranslation } from 'react-i18next'
import type { RunRow } from '../runs/row.js'
import { Icon } from '../ui/icon.js'
import { leakMessages } from './leak-flags.js'

/** Warnings about possible data leaks, shown above the metrics. */
export function LeakWarning({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const messages = leakMessages(row.tags.get('cairn.leak_flags'))
  if (messages.length === 0) return null
  return (
    <div className="notice warn" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{t('run.leakWarning')}</strong>
        <ul>
          {messages.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      </div>
    </div>
  )
}

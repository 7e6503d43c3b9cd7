import { useTranslation } from 'react-i18next'
import { parseReasons, type Reason } from './deployment-reason.js'

/** The reason of a deployment in the current language. */
export function useReasonText(): (text: string) => string {
  const { t } = useTranslation()
  const textOf = (reason: Reason) => {
    switch (reason.kind) {
      case 'created':
      case 'updated':
        return t(`history.${reason.kind}`)
      case 'rolledBack':
        return t('history.rolledBack', { number: reason.number })
      case 'aliasMoved':
        return reason.from
          ? t('history.aliasMoved', { alias: reason.alias, from: reason.from, to: reason.to })
          : t('history.aliasSet', { alias: reason.alias, to: reason.to })
      case 'other':
        return reason.text
    }
  }
  return (text) => parseReasons(text).map(textOf).join(', ')
}

import { useTranslation } from 'react-i18next'
import type { Promotion } from '../api/models.js'

const TONE = { passed: 'chip ok', failed: 'chip bad', forced: 'chip warn' } as const

export function Verdict({ verdict }: { verdict: Promotion['verdict'] }) {
  const { t } = useTranslation()
  return <span className={TONE[verdict]}>{t(`verdict.${verdict}`)}</span>
}

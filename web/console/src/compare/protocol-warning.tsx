import { useTranslation } from 'react-i18next'
import type { RunRow } from '../runs/row.js'
import { Icon } from '../ui/icon.js'
import { tagVariants } from './differences.js'

/** Warns if the runs differ in protocol or data, because then their metrics are not comparable. */
export function ProtocolWarning({ rows }: { rows: readonly RunRow[] }) {
  const { t } = useTranslation()
  const protocols = tagVariants(rows, 'cairn.protocol')
  const digests = tagVariants(rows, 'cairn.data_digest')
  return (
    <>
      {protocols.size > 1 && <Warning text={t('compare.protocolsDiffer')} variants={protocols} />}
      {digests.size > 1 && <Warning text={t('compare.dataDiffers')} variants={digests} />}
    </>
  )
}

function Warning({ text, variants }: { text: string; variants: ReadonlyMap<string, number> }) {
  const { t } = useTranslation()
  return (
    <div className="notice warn" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{text}</strong>
        <ul className="variants">
          {[...variants].map(([value, count]) => (
            <li key={value}>
              <code>{value}</code> <span className="muted">{t('runs.count', { count })}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

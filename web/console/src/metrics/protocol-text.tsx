import { useTranslation } from 'react-i18next'
import { parseProtocol } from './protocol.js'

/** Explains each part of a protocol id. */
export function ProtocolText({ id }: { id: string }) {
  const { t } = useTranslation()
  const { split, quantile, candidates, lastOnly, seenFiltered, inflated } = parseProtocol(id)
  return (
    <div className="protocol">
      <span className="label">{t('protocol.label')}</span>
      <code>{id}</code>
      <ul>
        {inflated && (
          <li>
            <strong>{t('protocol.inflated')}</strong>
          </li>
        )}
        {split === 'gts' && <li>{t('protocol.gts', { quantile: quantile ?? 90 })}</li>}
        {split === 'loo' && <li>{t('protocol.loo')}</li>}
        {split === 'strong' && <li>{t('protocol.strong')}</li>}
        {split === 'rated' && <li>{t('protocol.rated')}</li>}
        {lastOnly && <li>{t('protocol.last')}</li>}
        {candidates === 'full' && <li>{t('protocol.full')}</li>}
        {candidates === 'sampled' && <li>{t('protocol.sampled')}</li>}
        {candidates === 'own' && <li>{t('protocol.own')}</li>}
        <li>{seenFiltered ? t('protocol.seenFiltered') : t('protocol.seenKept')}</li>
      </ul>
    </div>
  )
}

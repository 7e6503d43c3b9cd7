import { useTranslation } from 'react-i18next'
import type { DeploymentChange } from '../api/deployments.js'
import { ScrollX } from '../ui/scroll-x.js'
import { type ChangeRow, changeRows } from './change-rows.js'

const KNOWN = [
  'entity_name',
  'entity_version',
  'version',
  'digest',
  'traffic_percentage',
  'scale_to_zero_enabled',
  'workload_size',
  'workload_type',
] as const

const DIGEST_LENGTH = 12

/** Shows the changes of a configuration, one field a row. */
export function ChangesTable({ changes, none }: { changes: readonly DeploymentChange[]; none: string }) {
  const { t } = useTranslation()
  if (changes.length === 0) return <p className="muted">{none}</p>
  return (
    <ScrollX>
      <table className="list changes">
        <thead>
          <tr>
            <th scope="col">{t('history.field')}</th>
            <th scope="col">{t('history.before')}</th>
            <th scope="col">{t('history.after')}</th>
          </tr>
        </thead>
        <tbody>
          {changeRows(changes).map((row) => (
            <Row key={`${row.entity}.${row.field}`} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

function Row({ row: { entity, field, before, after } }: { row: ChangeRow }) {
  const { t } = useTranslation()
  const known = KNOWN.find((name) => name === field)
  const valueText = (value: string | undefined) => {
    if (value === undefined) return '–'
    if (value === 'true') return t('common.yes')
    if (value === 'false') return t('common.no')
    return known === 'digest' ? shortDigest(value) : value
  }
  return (
    <tr>
      <th scope="row">
        <span className={field && 'muted'}>{entity}</span> {known ? t(`configField.${known}`) : field}
      </th>
      <td className="before">{valueText(before)}</td>
      <td>{valueText(after)}</td>
    </tr>
  )
}

export const shortDigest = (digest: string) => digest.slice(0, DIGEST_LENGTH)

import { useTranslation } from 'react-i18next'
import { ScrollX } from '../ui/scroll-x.js'
import type { SignatureField } from './mlmodel.js'

export function SignatureTable({ title, fields }: { title: string; fields: readonly SignatureField[] }) {
  const { t } = useTranslation()
  if (fields.length === 0) return null
  return (
    <ScrollX>
      <table className="list signature">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t('models.name')}</th>
            <th scope="col">{t('catalog.type')}</th>
            <th scope="col">{t('viewer.required')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, type, required }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tensors may have no name
            <tr key={index}>
              <th scope="row" className="mono">
                {name || '–'}
              </th>
              <td className="mono">{type}</td>
              <td>{required ? t('common.yes') : t('common.no')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

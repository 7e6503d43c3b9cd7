import { useTranslation } from 'react-i18next'
import { ScrollX } from '../ui/scroll-x.js'
import { CSV_TYPES, type CsvColumn, type CsvType } from './csv-columns.js'

interface CsvPreviewProps {
  readonly columns: readonly CsvColumn[]
  readonly sample: readonly (readonly string[])[]
  readonly onChange: (columns: readonly CsvColumn[]) => void
}

/** The columns of a CSV file with names and types to change, above its first rows. */
export function CsvPreview({ columns, sample, onChange }: CsvPreviewProps) {
  const { t } = useTranslation()
  const put = (index: number, change: Partial<CsvColumn>) =>
    onChange(columns.map((column, i) => (i === index ? { ...column, ...change } : column)))
  return (
    <ScrollX>
      <table className="list rows csv-preview" aria-label={t('csv.preview')}>
        <thead>
          <tr>
            {columns.map(({ name, type_name }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names change
              <th scope="col" key={index}>
                <input
                  className="input"
                  aria-label={t('csv.columnName', { number: index + 1 })}
                  required
                  maxLength={255}
                  value={name}
                  onChange={({ target }) => put(index, { name: target.value })}
                />
                <select
                  className="select"
                  aria-label={t('csv.columnType', { name })}
                  value={type_name}
                  onChange={({ target }) => put(index, { type_name: target.value as CsvType })}
                >
                  {CSV_TYPES.map((type) => (
                    <option key={type} value={type}>
                      {t(`csv.types.${type}`)}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity
            <tr key={index}>
              {columns.map((_, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the column
                <td key={i}>{row[i]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

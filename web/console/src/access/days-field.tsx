import { useTranslation } from 'react-i18next'
import { FormField } from '../ui/form-field.js'

const DAYS = [1, 7, 30, 90, 365]

/** A form field `days`: the number of days for which access is granted, 0 for no end. */
export function DaysField({ initialDays = 0 }: { initialDays?: number }) {
  const { t } = useTranslation()
  return (
    <FormField label={t('accessRequest.duration')}>
      {(attributes) => (
        <select {...attributes} className="select" name="days" defaultValue={initialDays}>
          {initialDays === 0 && <option value={0}>{t('accessRequest.forever')}</option>}
          {[...new Set([initialDays, ...DAYS])]
            .filter((days) => days > 0)
            .sort((one, other) => one - other)
            .map((days) => (
              <option key={days} value={days}>
                {t('accessRequest.days', { count: days })}
              </option>
            ))}
        </select>
      )}
    </FormField>
  )
}

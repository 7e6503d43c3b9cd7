import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSettings } from '../../api/jobs.js'
import { useFormat } from '../../i18n/format.js'
import { ErrorMessage } from '../../server-words/server-message.js'
import { FormField } from '../../ui/form-field.js'
import { scheduleTimesQuery } from '../job-queries.js'
import { TimeList } from '../job-trigger.js'
import { DAYS, DAYS_OF_MONTH, fromQuartz, RHYTHMS, type Rhythm, startOf, toQuartz } from '../quartz.js'
import { dayName } from '../trigger-text.js'
import type { FormState } from './form-context.js'
import { SettingField } from './setting-field.js'

const AT = ['schedule', 'quartz_cron_expression'] as const

interface RhythmFieldsProps {
  readonly form: FormState
  readonly schedule: NonNullable<JobSettings['schedule']>
}

/** Builds a Quartz expression, which is always shown, and previews its next five times as the server computes them. */
export function RhythmFields({ form, schedule }: RhythmFieldsProps) {
  const { t } = useTranslation()
  const expression = schedule.quartz_cron_expression
  const [isCustom, setCustom] = useState(false)
  const found = fromQuartz(expression)
  const rhythm: Rhythm = isCustom ? { kind: 'custom', expression } : found
  const set = (next: Rhythm) => form.set(AT, toQuartz(next))
  return (
    <div className="schedule-builder">
      <div className="form-grid">
        <FormField label={t('jobForm.rhythm')}>
          {(attributes) => (
            <select
              {...attributes}
              className="select"
              value={rhythm.kind}
              onChange={(event) => {
                const kind = event.target.value as Rhythm['kind']
                setCustom(kind === 'custom')
                set(startOf(kind, rhythm))
              }}
            >
              {RHYTHMS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`jobForm.rhythms.${kind}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
        <RhythmDetails rhythm={rhythm} onChange={set} />
        <SettingField
          form={form}
          path={AT}
          label={t('jobForm.quartz')}
          hint={t('jobForm.quartzHint')}
          editor="text"
          keepsEmpty
        />
        <ZoneField form={form} />
      </div>
      <Preview expression={expression} zone={schedule.timezone_id} />
    </div>
  )
}

function RhythmDetails({ rhythm, onChange }: { rhythm: Rhythm; onChange: (rhythm: Rhythm) => void }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  return (
    <>
      {'every' in rhythm && (
        <NumberField
          label={t(rhythm.kind === 'minutes' ? 'jobForm.everyMinutes' : 'jobForm.everyHours')}
          value={rhythm.every}
          most={rhythm.kind === 'minutes' ? 59 : 23}
          onChange={(every) => onChange({ ...rhythm, every })}
        />
      )}
      {rhythm.kind === 'hourly' && (
        <NumberField
          label={t('jobForm.minute')}
          value={rhythm.minute}
          least={0}
          most={59}
          onChange={(minute) => onChange({ ...rhythm, minute })}
        />
      )}
      {rhythm.kind === 'weekly' && (
        <fieldset className="days">
          <legend className="label">{t('jobForm.days')}</legend>
          {DAYS.map((day) => (
            <label key={day}>
              <input
                type="checkbox"
                checked={rhythm.days.includes(day)}
                disabled={rhythm.days.length === 1 && rhythm.days.includes(day)}
                onChange={(event) =>
                  onChange({
                    ...rhythm,
                    days: DAYS.filter((one) =>
                      one === day ? event.target.checked : rhythm.days.includes(one),
                    ),
                  })
                }
              />
              {dayName(day, language)}
            </label>
          ))}
        </fieldset>
      )}
      {rhythm.kind === 'monthly' && (
        <FormField label={t('jobForm.dayOfMonth')}>
          {(attributes) => (
            <select
              {...attributes}
              className="select"
              value={rhythm.day}
              onChange={(event) => onChange({ ...rhythm, day: event.target.value })}
            >
              {DAYS_OF_MONTH.map((day) => (
                <option key={day} value={day}>
                  {day === 'L' ? t('jobForm.lastDay') : day}
                </option>
              ))}
            </select>
          )}
        </FormField>
      )}
      {'time' in rhythm && (
        <FormField label={t('jobForm.time')}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              type="time"
              value={rhythm.time}
              onChange={(event) => event.target.value && onChange({ ...rhythm, time: event.target.value })}
            />
          )}
        </FormField>
      )}
    </>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly least?: number
  readonly most: number
  readonly onChange: (value: number) => void
}

function NumberField({ label, value, least = 1, most, onChange }: NumberFieldProps) {
  return (
    <FormField label={label}>
      {(attributes) => (
        <input
          {...attributes}
          className="input"
          type="number"
          min={least}
          max={most}
          value={value}
          onChange={(event) => {
            const next = Number(event.target.value)
            if (Number.isInteger(next) && next >= least && next <= most) onChange(next)
          }}
        />
      )}
    </FormField>
  )
}

const ZONES = Intl.supportedValuesOf('timeZone')

function ZoneField({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const path = ['schedule', 'timezone_id'] as const
  const zone = form.settings.schedule?.timezone_id ?? ''
  const zones = [...new Set(['UTC', ...ZONES, zone])].sort()
  return (
    <FormField label={t('jobForm.zone')} problem={form.problems['schedule.timezone_id']}>
      {(attributes) => (
        <select
          {...attributes}
          className="select"
          value={zone}
          onChange={(event) => form.set(path, event.target.value)}
        >
          {zones.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      )}
    </FormField>
  )
}

function Preview({ expression, zone }: { expression: string; zone: string }) {
  const { t } = useTranslation()
  const times = useQuery({ ...scheduleTimesQuery(expression, zone), enabled: expression.trim() !== '' })
  return (
    <div className="preview" role="status">
      <h3 className="label">{t('jobs.nextTimes')}</h3>
      {times.isError && (
        <p className="problem">
          <ErrorMessage error={times.error} />
        </p>
      )}
      {times.data?.length === 0 && <p className="problem">{t('jobForm.noTimes')}</p>}
      {times.data && <TimeList times={times.data} zone={zone} />}
    </div>
  )
}

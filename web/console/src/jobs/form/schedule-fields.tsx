import { useTranslation } from 'react-i18next'
import { FormField } from '../../ui/form-field.js'
import { Segments } from '../../ui/segments.js'
import type { Triggers } from '../job-settings.js'
import type { FormState } from './form-context.js'
import { FieldSection } from './general-fields.js'
import type { Path } from './path.js'
import { RhythmFields } from './rhythm-fields.js'
import { SettingField } from './setting-field.js'

const KINDS = ['none', 'schedule', 'periodic', 'table', 'file', 'continuous'] as const
type TriggerKind = (typeof KINDS)[number]
const UNITS = ['MINUTES', 'HOURS', 'DAYS', 'WEEKS'] as const

function kindOfTrigger({ schedule, trigger, continuous }: Triggers): TriggerKind {
  if (schedule) return 'schedule'
  if (continuous) return 'continuous'
  if (trigger?.table_update) return 'table'
  if (trigger?.file_arrival) return 'file'
  return trigger ? 'periodic' : 'none'
}

/** The initial settings of a trigger of a kind. */
function startOfTrigger(kind: TriggerKind): Triggers {
  const timezone_id = Intl.DateTimeFormat().resolvedOptions().timeZone
  const starts: Readonly<Record<TriggerKind, Triggers>> = {
    none: {},
    schedule: { schedule: { quartz_cron_expression: '0 30 2 * * ?', timezone_id } },
    periodic: { trigger: { periodic: { interval: 1, unit: 'DAYS' } } },
    table: { trigger: { table_update: { table_names: [''] } } },
    file: { trigger: { file_arrival: { url: '/Volumes/' } } },
    continuous: { continuous: {} },
  }
  return starts[kind]
}

/** The trigger of a job: a schedule, an interval, changes of data, or continuous runs. */
export function ScheduleFields({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const { schedule, trigger, continuous } = form.settings
  const choose = (kind: TriggerKind) => {
    const start = startOfTrigger(kind)
    for (const name of ['schedule', 'trigger', 'continuous'] as const) form.set([name], start[name])
  }
  const at = schedule ? 'schedule' : continuous ? 'continuous' : trigger && 'trigger'
  return (
    <FieldSection title={t('jobs.trigger')}>
      <div className="body stack">
        <Segments
          label={t('jobs.trigger')}
          value={kindOfTrigger(form.settings)}
          options={KINDS.map((value) => ({ value, label: t(`jobForm.trigger.${value}`) }))}
          onChange={choose}
        />
        {schedule && <RhythmFields form={form} schedule={schedule} />}
        {trigger?.periodic && <PeriodicFields form={form} />}
        {trigger?.table_update && <TableFields form={form} />}
        {trigger?.file_arrival && <FileFields form={form} />}
        {at && <PauseField form={form} at={at} />}
      </div>
    </FieldSection>
  )
}

function FileFields({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const at = ['trigger', 'file_arrival'] as const
  return (
    <div className="form-grid">
      <SettingField form={form} path={[...at, 'url']} label={t('jobForm.volume')} editor="text" keepsEmpty />
      <PaceFields form={form} at={at} />
    </div>
  )
}

/** How long to wait for more changes, and between runs. */
function PaceFields({ form, at }: { form: FormState; at: Path }) {
  const { t } = useTranslation()
  return (
    <>
      <SettingField
        form={form}
        path={[...at, 'wait_after_last_change_seconds']}
        label={t('jobForm.quiet')}
        editor="number"
        placeholder="0"
      />
      <SettingField
        form={form}
        path={[...at, 'min_time_between_triggers_seconds']}
        label={t('jobForm.pauseBetween')}
        editor="number"
        placeholder="0"
      />
    </>
  )
}

function PeriodicFields({ form }: { form: FormState }) {
  const { t } = useTranslation()
  return (
    <div className="form-grid">
      <SettingField
        form={form}
        path={['trigger', 'periodic', 'interval']}
        label={t('jobForm.interval')}
        editor="number"
      />
      <FormField label={t('jobForm.unit')}>
        {(attributes) => (
          <select
            {...attributes}
            className="select"
            value={form.settings.trigger?.periodic?.unit}
            onChange={(event) => form.set(['trigger', 'periodic', 'unit'], event.target.value)}
          >
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {t(`jobForm.units.${unit}`)}
              </option>
            ))}
          </select>
        )}
      </FormField>
    </div>
  )
}

function TableFields({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const at = ['trigger', 'table_update'] as const
  return (
    <div className="form-grid">
      <SettingField
        form={form}
        path={[...at, 'table_names']}
        label={t('jobForm.tables')}
        hint={t('jobForm.tablesHint')}
        editor="lines"
        placeholder="main.movielens.ratings"
      />
      <FormField label={t('jobForm.condition')}>
        {(attributes) => (
          <select
            {...attributes}
            className="select"
            value={form.settings.trigger?.table_update?.condition ?? 'ANY_UPDATED'}
            onChange={(event) => form.set([...at, 'condition'], event.target.value)}
          >
            {(['ANY_UPDATED', 'ALL_UPDATED'] as const).map((condition) => (
              <option key={condition} value={condition}>
                {t(`jobForm.conditions.${condition}`)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <PaceFields form={form} at={at} />
    </div>
  )
}

function PauseField({ form, at }: { form: FormState; at: keyof Triggers }) {
  const { t } = useTranslation()
  return (
    <label className="check-line">
      <input
        type="checkbox"
        checked={form.settings[at]?.pause_status === 'PAUSED'}
        onChange={(event) => form.set([at, 'pause_status'], event.target.checked ? 'PAUSED' : 'UNPAUSED')}
      />
      {t('jobForm.paused')}
    </label>
  )
}

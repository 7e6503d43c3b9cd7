import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskSettings } from '../../api/jobs.js'
import { Segments } from '../../ui/segments.js'
import type { FormState } from './form-context.js'
import type { Editor } from './kind-fields.js'
import { type Path, pathText } from './path.js'
import { SettingField } from './setting-field.js'

type Loop = NonNullable<TaskSettings['for_each_task']>

interface LoopInputsProps {
  readonly form: FormState
  /** The place of the loop in the settings. */
  readonly at: Path
  readonly loop: Loop
}

const NEW_SWEEP: NonNullable<Loop['sweep']> = {
  method: 'random',
  trials: 20,
  parameters: { lr: { min: 0.001, max: 0.1, scale: 'log' } },
  objective: { metric: 'val_loss', goal: 'minimize' },
}

/** Chooses whether a loop runs over a list or searches parameters, and the settings of the search. */
export function LoopInputs({ form, at, loop }: LoopInputsProps) {
  const { t } = useTranslation()
  const { inputs, sweep, ...rest } = loop
  // Restores the hidden half when the user switches back.
  const hidden = useRef<Pick<Loop, 'inputs' | 'sweep'>>({})
  const choose = (next: 'list' | 'sweep') => {
    if (next === (sweep ? 'sweep' : 'list')) return
    const { current } = hidden
    hidden.current = { ...current, ...(sweep ? { sweep } : inputs !== undefined && { inputs }) }
    const shown =
      next === 'sweep' ? { sweep: current.sweep ?? NEW_SWEEP } : { inputs: current.inputs ?? '[]' }
    form.set(at, { ...rest, ...shown })
  }
  return (
    <>
      <Segments
        label={t('jobForm.loopOver')}
        value={sweep ? 'sweep' : 'list'}
        options={[
          { value: 'list', label: t('jobForm.loopList') },
          { value: 'sweep', label: t('jobForm.loopSweep') },
        ]}
        onChange={choose}
      />
      {sweep && <SweepFields form={form} at={[...at, 'sweep']} sweep={sweep} />}
    </>
  )
}

interface SweepFieldsProps extends Pick<LoopInputsProps, 'form' | 'at'> {
  readonly sweep: NonNullable<Loop['sweep']>
}

function SweepFields({ form, at, sweep }: SweepFieldsProps) {
  const { t } = useTranslation()
  const problem = form.problems[pathText(at)]
  const field = (path: string, editor: Editor, options: { hint?: string; keepsEmpty?: boolean } = {}) => (
    <SettingField
      form={form}
      path={[...at, ...path.split('.')]}
      label={t(`sweepField.${path.split('.').at(-1) as 'trials'}`)}
      editor={editor}
      {...options}
    />
  )
  return (
    <div className="stack sweep-fields">
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {field('parameters', 'swept', {
        hint: t('jobForm.sweptHint', { reference: '{{input.lr}}' }),
        keepsEmpty: true,
      })}
      <div className="form-grid">
        {field('method', 'method')}
        {field('trials', 'number', sweep.method === 'grid' ? { hint: t('jobForm.gridTrialsHint') } : {})}
        {field('objective.metric', 'text', { keepsEmpty: true })}
        {field('objective.goal', 'goal')}
        {sweep.method === 'random' && field('seed', 'number', { hint: t('jobForm.seedHint') })}
      </div>
      <label className="check-line">
        <input
          type="checkbox"
          checked={sweep.early_stop !== undefined}
          onChange={(event) =>
            form.set([...at, 'early_stop'], event.target.checked ? { min_trials: 5 } : undefined)
          }
        />
        {t('jobForm.earlyStop')}
      </label>
      {sweep.early_stop && (
        <div className="form-grid three">
          {field('early_stop.min_trials', 'number')}
          {field('early_stop.min_step', 'number')}
          {field('early_stop.patience', 'number')}
        </div>
      )}
    </div>
  )
}

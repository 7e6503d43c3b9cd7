import { useTranslation } from 'react-i18next'

interface StepSliderProps {
  readonly steps: readonly number[]
  readonly step: number
  readonly onStep: (step: number) => void
}

/** Chooses one of the steps. */
export function StepSlider({ steps, step, onStep }: StepSliderProps) {
  const { t } = useTranslation()
  return (
    <label className="step-slider">
      <span>{t('curves.step')}</span>
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={steps.indexOf(step)}
        aria-valuetext={String(step)}
        onChange={({ target }) => onStep(steps[Number(target.value)]!)}
      />
      <output>{step}</output>
    </label>
  )
}

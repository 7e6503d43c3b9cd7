import { type RefObject, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaintedTheme } from '../app/theme.js'
import { DrawingView } from '../cards/drawing-view.js'
import { currentPaint } from '../cards/paint.js'
import { StepSlider } from '../cards/step-slider.js'
import { useFormat } from '../i18n/format.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { stepsOf } from './distribution-plots.js'
import type { PlotSource } from './plot.js'
import { DISTRIBUTION_KINDS, type PlotKind } from './plot-kinds.js'
import { PLOTS } from './plots.js'
import './plots.css'

interface PlotViewProps {
  readonly sources: readonly PlotSource[]
  readonly kind: PlotKind
  /** Draws this class only. */
  readonly className?: string
  readonly title: string
  readonly height: number
  readonly asTable: boolean
  readonly files: RefObject<DrawingFiles | undefined>
}

const SLIDER_PX = 34

/** A plot of the tables of runs, with a slider where they have steps. */
export function PlotView({ sources, kind, className = '', title, height, asTable, files }: PlotViewProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const theme = usePaintedTheme()
  const [chosen, setChosen] = useState<number>()
  const hasSteps = DISTRIBUTION_KINDS.includes(kind)
  const steps = useMemo(() => (hasSteps ? stepsOf(sources) : []), [hasSteps, sources])
  const step = chosen !== undefined && steps.includes(chosen) ? chosen : (steps.at(-1) ?? 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours
  const drawing = useMemo(
    () => PLOTS[kind](sources, { className, step, paint: currentPaint(), t, format }),
    [kind, sources, className, step, t, format, theme],
  )
  const hasSlider = steps.length > 1 && !asTable
  return (
    <>
      {hasSlider && <StepSlider steps={steps} step={step} onStep={setChosen} />}
      <DrawingView {...{ title, asTable, files, drawing }} height={hasSlider ? height - SLIDER_PX : height} />
    </>
  )
}

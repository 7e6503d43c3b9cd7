import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keepSplit, keptSplit, MAX_SPLIT, MIN_SPLIT, withinSplit } from './layout.js'
import './split.css'

const KEY_STEP = 2
/** As in `split.css`: the panes are above one another. */
const STACKED = '(max-width: 900px)'

interface SplitProps {
  readonly first: ReactNode
  readonly second: ReactNode
}

/** Two panes with a border that the pointer and the arrow keys move. */
export function Split({ first, second }: SplitProps) {
  const { t } = useTranslation()
  const root = useRef<HTMLDivElement>(null)
  const id = useId()
  const [percent, setPercent] = useState(keptSplit)
  const move = (next: number) => {
    const kept = Math.round(withinSplit(next))
    setPercent(kept)
    keepSplit(kept)
  }
  const follow = ({ clientX, clientY }: React.PointerEvent) => {
    const box = root.current!.getBoundingClientRect()
    move(
      matchMedia(STACKED).matches
        ? ((clientY - box.top) / box.height) * 100
        : ((clientX - box.left) / box.width) * 100,
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedBy(event.key, percent)
    if (next === undefined) return
    event.preventDefault()
    move(next)
  }
  return (
    <div className="split" ref={root} style={{ '--first': `${percent}%` } as CSSProperties}>
      <div className="pane" id={id}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an hr can neither be focused nor moved */}
      <div
        className="split-border"
        role="separator"
        tabIndex={0}
        aria-label={t('runsTable.resize')}
        aria-controls={id}
        aria-orientation={matchMedia(STACKED).matches ? 'horizontal' : 'vertical'}
        aria-valuemin={MIN_SPLIT}
        aria-valuemax={MAX_SPLIT}
        aria-valuenow={percent}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && follow(event)}
      />
      <div className="pane">{second}</div>
    </div>
  )
}

function movedBy(key: string, percent: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowUp':
      return percent - KEY_STEP
    case 'ArrowRight':
    case 'ArrowDown':
      return percent + KEY_STEP
    case 'Home':
      return MIN_SPLIT
    case 'End':
      return MAX_SPLIT
    default:
      return undefined
  }
}

import { lazy, type ReactNode, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Busy, ResetZoom } from '../charts/curve-card.js'
import { useVisible } from '../charts/use-in-view.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Card } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { CardMenu } from './card-menu.js'
import { cardTitle } from './card-title.js'
import { DragHandle } from './drag-handle.js'
import { ResizeHandle } from './resize-handle.js'
import type { CardActions } from './use-card-actions.js'

const LineBody = lazy(async () => ({ default: (await import('./line-body.js')).LineBody }))
const ValuesBody = lazy(async () => ({ default: (await import('./values-body.js')).ValuesBody }))
const ImportanceBody = lazy(async () => ({ default: (await import('./importance-body.js')).ImportanceBody }))
const PlotBody = lazy(async () => ({ default: (await import('../plots/plot-body.js')).PlotBody }))
const ImagesBody = lazy(async () => ({ default: (await import('./images-body.js')).ImagesBody }))

/** Height of a chart in a card of one row. */
const ROW_PX = 226
const GAP_PX = 56

export const heightOf = (card: Card) => card.height * ROW_PX + (card.height - 1) * GAP_PX

interface CardFrameProps {
  readonly card: Card
  /** Columns of the grid, of which the card spans some. */
  readonly columns: number
  readonly actions: CardActions
  /** Whether a dragged card would take its place. */
  readonly isTarget: boolean
  readonly onOver: (id: string | undefined) => void
}

/** A card of the grid: its header, and its body while it is in view. */
export function CardFrame({ card, columns, actions, isTarget, onOver }: CardFrameProps) {
  const [ref, isVisible] = useVisible<HTMLElement>()
  const height = heightOf(card)
  return (
    <CardContents
      card={card}
      height={height}
      actions={actions}
      frame={({ title, isBusy, header, body }) => (
        <figure
          ref={ref}
          data-card={card.id}
          className={isTarget ? 'panel curve-card drop-target' : 'panel curve-card'}
          style={{ gridColumn: `span ${Math.min(card.width, columns)}` }}
          aria-label={title}
          aria-busy={isVisible && isBusy}
        >
          <header>
            <DragHandle
              title={title}
              onOver={onOver}
              onDrop={(id) => actions.moveTo(card, id)}
              onMove={(by) => actions.move(card, by)}
              position={actions.positionOf(card)}
            />
            {header}
          </header>
          {isVisible ? body : <div style={{ height }} />}
          <ResizeHandle card={card} title={title} onResize={(size) => actions.put({ ...card, ...size })} />
        </figure>
      )}
    />
  )
}

interface Parts {
  readonly title: string
  readonly isBusy: boolean
  readonly header: ReactNode
  readonly body: ReactNode
}

interface CardContentsProps {
  readonly card: Card
  readonly height: number
  readonly actions: CardActions
  readonly frame: (parts: Parts) => ReactNode
}

/** The header and body of a card, in the grid and in full screen. */
export function CardContents({ card, height, actions, frame }: CardContentsProps) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [resetZoom, setResetZoom] = useState<() => void>()
  const files = useRef<DrawingFiles>(undefined)
  const title = cardTitle(card, t)
  const onZoom = useCallback((reset: (() => void) | undefined) => setResetZoom(() => reset), [])
  const header = (
    <>
      <h3 className="truncate" title={title}>
        {title}
      </h3>
      {isBusy && <Busy />}
      {resetZoom && <ResetZoom onClick={resetZoom} />}
      <CardMenu {...{ card, title, asTable, files, actions }} onTable={() => setAsTable(!asTable)} />
    </>
  )
  const body = (
    <Suspense fallback={<div style={{ height }} />}>
      <CardBody {...{ card, title, height, asTable, files, onZoom }} onBusy={setBusy} />
    </Suspense>
  )
  return frame({ title, isBusy, header, body })
}

/** The chart of a card, which loads on first use. */
export function CardBody(props: CardBodyProps) {
  const Kind = useMemo(() => {
    if (props.card.kind === 'line') return LineBody
    if (props.card.kind === 'images') return ImagesBody
    if (props.card.kind === 'plot') return PlotBody
    return props.card.kind === 'importance' ? ImportanceBody : ValuesBody
  }, [props.card.kind])
  return <Kind {...props} />
}

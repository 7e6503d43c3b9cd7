import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Busy, ResetZoom } from '../charts/curve-card.js'
import { linesDrawn } from '../charts/loading-lines.js'
import { useVisible } from '../charts/use-in-view.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { LoadedPart, useLoaded } from '../ui/use-loaded.js'
import type { Card, CardKind } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { CardMenu } from './card-menu.js'
import { cardTitle } from './card-title.js'
import { DragHandle } from './drag-handle.js'
import { ResizeHandle } from './resize-handle.js'
import type { CardActions } from './use-card-actions.js'

const importLineBody = () => import('./line-body.js')

/** The library of these charts is large, and its evaluation would delay the lines. */
async function afterLines<Module>(load: () => Promise<Module>): Promise<Module> {
  await importLineBody()
  await linesDrawn()
  return load()
}

const LINES = new LoadedPart(async () => (await importLineBody()).LineBody)
/** Loads the code of charts of lines before one is in view. */
export const preloadLines = () => LINES.load()

const VALUES = new LoadedPart(async () => (await afterLines(() => import('./values-body.js'))).ValuesBody)
const IMPORTANCE = new LoadedPart(
  async () => (await afterLines(() => import('./importance-body.js'))).ImportanceBody,
)
const PLOT = new LoadedPart(async () => (await afterLines(() => import('../plots/plot-body.js'))).PlotBody)
const IMAGES = new LoadedPart(async () => (await import('./images-body.js')).ImagesBody)

function partOf(kind: CardKind): LoadedPart<CardBodyProps> {
  if (kind === 'line') return LINES
  if (kind === 'images') return IMAGES
  if (kind === 'plot') return PLOT
  return kind === 'importance' ? IMPORTANCE : VALUES
}

/** Height of a chart in a card of one row. */
const ROW_PX = 226
const GAP_PX = 56

export const heightOf = (card: Card) => card.height * ROW_PX + (card.height - 1) * GAP_PX

interface CardFrameProps {
  readonly card: Card
  /** Columns of the grid, of which the card spans some. */
  readonly columns: number
  readonly actions: CardActions
  /** True if a dragged card would take its place. */
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
  const [busy, setBusy] = useState<boolean>() // undefined until the body has loaded
  const isBusy = busy === true
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
      <CardMenu
        {...{ card, title, asTable, files, actions }}
        isLoading={busy !== false}
        onTable={() => setAsTable(!asTable)}
      />
    </>
  )
  const body = <CardBody {...{ card, title, height, asTable, files, onZoom }} onBusy={setBusy} />
  return frame({ title, isBusy, header, body })
}

/** The chart of a card, which loads on first use. */
export function CardBody(props: CardBodyProps) {
  const Body = useLoaded(partOf(props.card.kind))
  return Body ? <Body {...props} /> : <div style={{ height: props.height }} />
}

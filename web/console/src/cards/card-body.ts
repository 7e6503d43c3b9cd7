import type { RefObject } from 'react'
import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Card } from './card.js'

export interface CardBodyProps {
  readonly card: Card
  readonly title: string
  readonly height: number
  readonly asTable: boolean
  /** Set by the body while it has something to save. */
  readonly files: RefObject<DrawingFiles | undefined>
  readonly onBusy: (isBusy: boolean) => void
  /** Called with how to reset the zoom, or undefined. */
  readonly onZoom: (reset: (() => void) | undefined) => void
}

import type { RefObject } from 'react'
import type { Card } from './card.js'
import type { Table } from './table.js'

/** The contents of a card as files. */
export interface CardFiles {
  /** Undefined if nothing is drawn. */
  readonly svg: (() => Promise<string | undefined>) | undefined
  readonly table: () => Table
}

export interface CardBodyProps {
  readonly card: Card
  readonly title: string
  readonly height: number
  readonly asTable: boolean
  /** Set by the body while it has something to save. */
  readonly files: RefObject<CardFiles | undefined>
  readonly onBusy: (isBusy: boolean) => void
  /** Called with how to reset the zoom, or undefined. */
  readonly onZoom: (reset: (() => void) | undefined) => void
}

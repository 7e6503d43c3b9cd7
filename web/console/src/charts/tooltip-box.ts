import { highlightedRun } from './highlighted.js'
import type { ChartLine } from './plot-lines.js'

/** More rows are set in two columns. */
const MAX_COLUMN_ROWS = 14
const GAP_PX = 12
/** The width of the box changes in steps of this, because the page is laid out for each. */
const ROOM_PX = 16

export interface TooltipRow {
  readonly line: ChartLine
  readonly value: string
  /** The range of the bucket; empty without one. */
  readonly range: string
}

/** The elements of a tooltip. Each movement of the pointer changes only the texts that differ. */
export class TooltipBox {
  readonly element = create('div', 'chart-tooltip')
  readonly #head = new Text('strong')
  readonly #rest = new Text('small')
  readonly #rows: RowElements[] = []
  #shown = 0
  #room = 0

  constructor() {
    this.element.hidden = true
    this.element.append(this.#head.element)
  }

  show(head: string, rows: readonly TooltipRow[], rest: string) {
    this.#head.set(head)
    while (this.#rows.length < rows.length) this.#rows.push(new RowElements())
    for (const [i, row] of rows.entries()) this.#rows[i]!.set(row)
    if (rows.length !== this.#shown) {
      this.element.replaceChildren(
        this.#head.element,
        ...this.#rows.slice(0, rows.length).map(({ element }) => element),
        this.#rest.element,
      )
      this.element.classList.toggle('wide', rows.length >= MAX_COLUMN_ROWS)
      this.#shown = rows.length
    }
    this.#rest.set(rest)
    this.#rest.element.hidden = rest === ''
    this.element.hidden = false
  }

  /** Places the box beside the pointer, on the side that has more room. @param left of the pointer, in a chart of this width */
  moveTo(left: number, width: number) {
    const isLeft = left > width / 2
    const { style } = this.element
    style.transform = isLeft
      ? `translateX(calc(${left - GAP_PX}px - 100%))`
      : `translateX(${left + GAP_PX}px)`
    const room = Math.floor(((isLeft ? left : width - left) - GAP_PX) / ROOM_PX) * ROOM_PX
    if (room === this.#room) return
    style.setProperty('--room', `${room}px`)
    this.#room = room
  }
}

class RowElements {
  readonly element = create('span')
  readonly #swatch = create('i')
  readonly #label = new Text('span')
  readonly #value = new Text('b')
  readonly #range = new Text('small')
  #colour = ''
  #isHighlighted = false

  constructor() {
    this.element.append(this.#swatch, this.#label.element, this.#value.element, this.#range.element)
  }

  set({ line: { id, label, colour }, value, range }: TooltipRow) {
    const isHighlighted = id === highlightedRun()
    if (isHighlighted !== this.#isHighlighted) this.element.classList.toggle('highlighted', isHighlighted)
    if (colour !== this.#colour) this.#swatch.style.background = colour
    this.#isHighlighted = isHighlighted
    this.#colour = colour
    this.#label.set(label)
    this.#value.set(value)
    this.#range.set(range)
  }
}

class Text {
  readonly element: HTMLElement
  #text = ''

  constructor(name: string) {
    this.element = create(name)
  }

  set(text: string) {
    if (text === this.#text) return
    this.element.textContent = text
    this.#text = text
  }
}

function create(name: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  return made
}

import { useRef, useState } from 'preact/hooks'
import { boxIndexAt, moveItem } from './order.js'

const THRESHOLD_PX = 6

interface Drag {
  /** The order after a drop at the current position; undefined when not dragging. */
  readonly preview: readonly string[] | undefined
  readonly dragged: string | undefined
  readonly onPointerDown: (event: PointerEvent, key: string) => void
  /** Returns whether the next click event ends a drag. */
  readonly wasDrag: () => boolean
}

/**
 * Reorders films by mouse, pen, or touch on the poster (touch elsewhere scrolls). Escape cancels.
 * Listens on the window, because reordering moves the element in the DOM and would release a captured pointer.
 */
export function useDrag(keys: readonly string[], onDrop: (from: number, to: number) => void): Drag {
  const [state, setState] = useState<{ key: string; order: readonly string[] }>()
  const justDragged = useRef(false)

  const onPointerDown = (event: PointerEvent, key: string) => {
    const target = event.target as Element
    const item = event.currentTarget as HTMLElement
    const list = item.parentElement
    justDragged.current = false
    if (event.button !== 0 || !list || target.closest('.pick-remove')) return
    if (event.pointerType === 'touch' && !target.closest('.poster')) return
    const start = [event.clientX, event.clientY] as const
    const stop = new AbortController()
    const { signal } = stop
    let order = keys
    const move = ({ clientX: x, clientY: y }: PointerEvent) => {
      if (!justDragged.current && Math.hypot(x - start[0], y - start[1]) < THRESHOLD_PX) return
      justDragged.current = true
      const boxes = [...list.children].slice(0, keys.length).map((child) => child.getBoundingClientRect())
      order = moveItem(order, order.indexOf(key), boxIndexAt(x, y, boxes))
      setState({ key, order })
    }
    const end = (isDropped: boolean) => {
      stop.abort()
      setState(undefined)
      if (isDropped && justDragged.current) onDrop(keys.indexOf(key), order.indexOf(key))
    }
    addEventListener('pointermove', move, { signal })
    addEventListener('pointerup', () => end(true), { signal })
    addEventListener('pointercancel', () => end(false), { signal })
    addEventListener('keydown', ({ key: pressed }) => pressed === 'Escape' && end(false), { signal })
  }
  return { preview: state?.order, dragged: state?.key, onPointerDown, wasDrag: () => justDragged.current }
}

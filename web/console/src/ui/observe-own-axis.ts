import { observeElementOffset, type Virtualizer } from '@tanstack/react-virtual'

/**
 * Scrolling along the other axis changes nothing that a virtualizer shows, but it would render the whole table when the
 * scrolling begins and when it ends.
 */
export const observeOwnAxis = <Scroller extends Element>(
  virtualizer: Virtualizer<Scroller, Element>,
  callback: (offset: number, isScrolling: boolean) => void,
) =>
  observeElementOffset(virtualizer, (offset, isScrolling) => {
    const moves = virtualizer.isScrolling || offset !== (virtualizer.scrollOffset ?? 0)
    callback(offset, isScrolling && moves)
  })
